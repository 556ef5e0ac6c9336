using BenchmarkDotNet.Attributes;
using MnistML.Vectors;

namespace MnistML.Benchmarks.Micro;

/// <summary>Loops over a layer's values, row by row: 256 rows of 512 units.</summary>
public class LoopBenchmarks
{
    private const int Rows = 256;
    private const int Units = 512;

    private readonly float[] _values = [.. Enumerable.Range(0, Rows * Units).Select(i => (i % 1_000 / 250f) - 2)];
    private readonly float[] _outputs = new float[Rows * Units];
    private readonly ushort[] _rounded = new ushort[Rows * Units];
    private HiddenActivation _activation = null!;

    [Params(MlpActivation.Relu, MlpActivation.Gelu, MlpActivation.Tanh)]
    public MlpActivation Activation { get; set; }

    [GlobalSetup]
    public void SetUp() => _activation = HiddenActivation.Of(Activation);

    [Benchmark]
    public void Activate()
    {
        for (var start = 0; start < _values.Length; start += Units)
        {
            _activation.Activate(_values.AsSpan(start, Units), _outputs.AsSpan(start, Units));
        }
    }

    [Benchmark]
    public void Differentiate()
    {
        for (var start = 0; start < _values.Length; start += Units)
        {
            _activation.Backward(_values.AsSpan(start, Units), _outputs.AsSpan(start, Units));
        }
    }

    [Benchmark]
    public void RoundToBFloat16AndBack()
    {
        for (var start = 0; start < _values.Length; start += Units)
        {
            SpanMath.Narrow(_values.AsSpan(start, Units), _rounded.AsSpan(start, Units));
            SpanMath.Widen(_rounded.AsSpan(start, Units), _outputs.AsSpan(start, Units));
        }
    }
}
