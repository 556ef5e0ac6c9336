using MnistML.Common;
using MnistML.Network.Losses;
using MnistML.Training.Rows;

namespace MnistML.Tests.Support;

/// <summary>Training rows from arrays.</summary>
internal sealed class ArrayRows(int classCount, IReadOnlyList<(float[] Features, int Label)> rows, float[]? weights = null) : IRowSource
{
    public int FeatureCount => rows[0].Features.Length;

    public int ClassCount => classCount;

    public string Name => "training data";

    /// <summary>The labels in regression; null in classification.</summary>
    public float[]? Values { get; init; }

    /// <summary>Whether the rows depend on the seed.</summary>
    public bool CanShuffle { get; init; }

    /// <summary>Whether rows come without their zeros.</summary>
    public bool AreSparse { get; init; }

    /// <summary>The seeds that readers were opened with.</summary>
    public List<ulong?> Seeds { get; } = [];

    /// <summary>Called before each row is read.</summary>
    public Action<int>? Reading { get; init; }

    private IReadOnlyList<(float[] Features, int Label)> Rows => rows;

    private float[]? Weights => weights;

    public IRowReader Open(ulong? shuffleSeed)
    {
        lock (Seeds)
        {
            Seeds.Add(shuffleSeed);
        }

        int[] order = [.. Enumerable.Range(0, rows.Count)];
        if (CanShuffle && shuffleSeed is { } seed)
        {
            new SplitMix64(seed).Shuffle<int>(order);
        }

        return new Reader(this, order);
    }

    private sealed class Reader(ArrayRows source, int[] order) : IRowReader
    {
        private int _position;

        public bool Read(out RowFeatures features, out Target target)
        {
            source.Reading?.Invoke(_position);
            features = default;
            target = default;
            if (_position == order.Length)
            {
                return false;
            }

            var row = order[_position++];
            var all = source.Rows[row].Features;
            features = source.AreSparse ? FeatureRow.Sparse(all) : FeatureRow.Dense(all);
            target = new Target(source.Rows[row].Label, source.Values?[row] ?? 0, source.Weights?[row] ?? 1);
            return true;
        }

        public void Dispose()
        {
        }
    }
}
