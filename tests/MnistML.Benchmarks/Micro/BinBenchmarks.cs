using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using MnistML.Native;
using MnistML.Vectors;
using TorchSharp;

namespace MnistML.Benchmarks.Micro;

/// <summary>
/// The first layer of an ensemble on bins, on one thread: as the product that the training computes, and from the bins themselves, without
/// the wide matrix. Of a feature's bins those below its value are 1, one is between 0 and 1, and the others are 0: so the feature adds one
/// row of a table of sums, and a part of another row.
/// </summary>
public class BinBenchmarks
{
    private const int Rows = 256;
    private const int Units = 1024;

    private torch.Tensor _inputs = null!;
    private torch.Tensor _weights = null!;
    private torch.Tensor _outputs = null!;
    private torch.Tensor _gradient = null!;
    private torch.Tensor _transposedOutputs = null!;
    private torch.Tensor _transposedWeights = null!;
    private float[] _weightsOfBins = [];
    private float[] _sums = [];
    private float[] _gradientOfBins = [];
    private float[] _plainOutputs = [];
    private (int Bin, float Share)[] _values = [];

    [Params(10, 30)]
    public int Features { get; set; }

    [Params(8, 16)]
    public int Bins { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        LibTorch.EnsureLoaded();
        torch.set_num_threads(1);
        var random = new Random(1);
        _values = [.. Enumerable.Range(0, Rows * Features).Select(_ => (random.Next(Bins), random.NextSingle()))];
        var inputs = new float[Rows, Features * Bins];
        for (var i = 0; i < _values.Length; i++)
        {
            for (var bin = 0; bin <= _values[i].Bin; bin++)
            {
                inputs[i / Features, (i % Features * Bins) + bin] = bin < _values[i].Bin ? 1 : _values[i].Share;
            }
        }

        _inputs = torch.tensor(inputs);
        _weights = torch.randn(Units, Features * Bins);
        _outputs = torch.zeros(Rows, Units);
        _gradient = torch.zeros(Units, Features * Bins);
        (_transposedOutputs, _transposedWeights) = (_outputs.t(), _weights.t());
        _weightsOfBins = TensorValues.ToSingles(_transposedWeights.contiguous());
        _sums = new float[_weightsOfBins.Length];
        _gradientOfBins = new float[_weightsOfBins.Length];
        _plainOutputs = new float[Rows * Units];
        ThrowIfTheyDiffer();
    }

    [Benchmark(Baseline = true)]
    public void ForwardByProduct() => _outputs.addmm_(_inputs, _transposedWeights, beta: 0, alpha: 1);

    [Benchmark]
    public void ForwardFromBins()
    {
        for (var feature = 0; feature < Features; feature++)
        {
            SumsOf(feature, 0).Clear();
            for (var bin = 1; bin < Bins; bin++)
            {
                SpanMath.Apply(SumsOf(feature, bin - 1), WeightsOf(feature, bin - 1), SumsOf(feature, bin), default(Add));
            }
        }

        for (var row = 0; row < Rows; row++)
        {
            var outputs = _plainOutputs.AsSpan(row * Units, Units);
            outputs.Clear();
            for (var feature = 0; feature < Features; feature++)
            {
                var (bin, share) = _values[(row * Features) + feature];
                SpanMath.Apply(outputs, SumsOf(feature, bin), WeightsOf(feature, bin), outputs, new AddAndAddPart(share));
            }
        }
    }

    [Benchmark]
    public void GradientByProduct() => _gradient.addmm_(_transposedOutputs, _inputs, beta: 0, alpha: 1);

    /// <summary>The gradients of bins that a value lies in; and of those below it, which add up afterwards.</summary>
    [Benchmark]
    public void GradientFromBins()
    {
        Array.Clear(_sums);
        Array.Clear(_gradientOfBins);
        for (var row = 0; row < Rows; row++)
        {
            var gradient = _plainOutputs.AsSpan(row * Units, Units);
            for (var feature = 0; feature < Features; feature++)
            {
                var (bin, share) = _values[(row * Features) + feature];
                var ofBin = GradientOf(feature, bin);
                SpanMath.Apply(ofBin, gradient, ofBin, new WeightedSum(1, share));
                if (bin > 0)
                {
                    var below = SumsOf(feature, bin - 1);
                    SpanMath.Apply(below, gradient, below, default(Add));
                }
            }
        }

        for (var feature = 0; feature < Features; feature++)
        {
            for (var bin = Bins - 2; bin >= 0; bin--)
            {
                var sums = SumsOf(feature, bin);
                var ofBin = GradientOf(feature, bin);
                SpanMath.Apply(sums, SumsOf(feature, bin + 1), sums, default(Add));
                SpanMath.Apply(ofBin, sums, ofBin, default(Add));
            }
        }
    }

    [GlobalCleanup]
    public void CleanUp()
    {
        foreach (var tensor in new[] { _transposedOutputs, _transposedWeights, _inputs, _weights, _outputs, _gradient })
        {
            tensor.Dispose();
        }
    }

    private Span<float> WeightsOf(int feature, int bin) => _weightsOfBins.AsSpan(((feature * Bins) + bin) * Units, Units);

    private Span<float> SumsOf(int feature, int bin) => _sums.AsSpan(((feature * Bins) + bin) * Units, Units);

    private Span<float> GradientOf(int feature, int bin) => _gradientOfBins.AsSpan(((feature * Bins) + bin) * Units, Units);

    /// <summary>The outputs stand for their gradient.</summary>
    private void ThrowIfTheyDiffer()
    {
        ForwardByProduct();
        ForwardFromBins();
        ThrowIfDifferent(_outputs, _plainOutputs, tolerance: 1e-3f);
        GradientByProduct();
        GradientFromBins();
        ThrowIfDifferent(_gradient.t().contiguous(), _gradientOfBins, tolerance: 0.1f);
    }

    private static void ThrowIfDifferent(torch.Tensor product, float[] fromBins, float tolerance)
    {
        var byProduct = TensorValues.ToSingles(product);
        for (var i = 0; i < byProduct.Length; i++)
        {
            if (!(Math.Abs(byProduct[i] - fromBins[i]) <= tolerance))
            {
                throw new InvalidOperationException($"Value {i} is {byProduct[i]} by the product and {fromBins[i]} from the bins.");
            }
        }
    }

    /// <summary><c>x + y + part · z</c>.</summary>
    private readonly struct AddAndAddPart(float part) : ITernaryOperator
    {
        private readonly float _part = part;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Invoke(Vector512<float> x, Vector512<float> y, Vector512<float> z) =>
            x + y + (z * Vector512.Create(_part));
    }
}
