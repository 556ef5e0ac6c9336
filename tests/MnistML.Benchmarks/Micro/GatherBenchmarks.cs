using BenchmarkDotNet.Attributes;
using MnistML.Benchmarks.Speed;
using MnistML.Training.Rows.Stores;

namespace MnistML.Benchmarks.Micro;

/// <summary>Gathers a batch of 256 rows of 784 pixels.</summary>
public class GatherBenchmarks
{
    private const int Pixels = 784;
    private const int Rows = 20_000;
    private const int BatchSize = 256;

    private readonly CompactRowStore _store = new(Pixels, long.MaxValue);
    private readonly float[] _features = new float[BatchSize * Pixels];
    private readonly int[] _rows = new int[BatchSize];

    [GlobalSetup]
    public void SetUp()
    {
        using var reader = new PixelRows(Rows, Pixels, classCount: 10).Open(shuffleSeed: null);
        while (reader.Read(out var features, out var target))
        {
            _store.Append(features, target);
        }

        var random = new Random(1);
        for (var i = 0; i < BatchSize; i++)
        {
            _rows[i] = random.Next(Rows);
        }
    }

    [Benchmark]
    public void Gather()
    {
        for (var i = 0; i < BatchSize; i++)
        {
            _store.CopyFeatures(_rows[i], _features.AsSpan(i * Pixels, Pixels));
        }
    }
}
