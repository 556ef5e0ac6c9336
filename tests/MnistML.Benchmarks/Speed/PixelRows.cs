using MnistML.Common;
using MnistML.Network.Losses;
using MnistML.Training.Rows;

namespace MnistML.Benchmarks.Speed;

/// <summary>Rows of random pixels, some of them black. Each pass gives the same rows.</summary>
internal sealed class PixelRows(int rowCount, int featureCount, int classCount) : IRowSource
{
    private const int Seed = 1;
    private const float Scale = 1f / byte.MaxValue;

    public int FeatureCount => featureCount;

    public int ClassCount => classCount;

    public string Name => "random pixels";

    public IRowReader Open(ulong? shuffleSeed) => new Reader(this);

    private sealed class Reader(PixelRows rows) : IRowReader
    {
        private readonly Random _random = new(Seed);
        private readonly byte[] _pixels = new byte[rows.FeatureCount];
        private readonly float[] _features = new float[rows.FeatureCount];
        private int _read;

        public bool Read(out RowFeatures features, out Target target)
        {
            features = new RowFeatures(rows.FeatureCount, _features);
            target = new Target(_read % rows.ClassCount, Value: 0, Weight: 1);
            if (_read++ == rows.Count)
            {
                return false;
            }

            _random.NextBytes(_pixels);
            for (var i = 0; i < _features.Length; i++)
            {
                _features[i] = _pixels[i] < byte.MaxValue / 2 ? 0 : _pixels[i] * Scale;
            }

            return true;
        }

        public void Dispose()
        {
        }
    }

    private int Count => rowCount;
}
