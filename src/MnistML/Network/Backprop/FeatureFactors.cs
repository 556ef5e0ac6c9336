using MnistML.Native;
using MnistML.Vectors;

namespace MnistML.Network.Backprop;

/// <summary>
/// The learned factors of features in a batch, and their gradient. The first layer multiplies its weights by the factors instead of its
/// inputs, which are loaded before the factors of the batch are known.
/// </summary>
internal sealed class FeatureFactors
{
    private readonly TensorMemory _offsets;
    private readonly int[] _featureOfInput;
    private readonly float[][] _gradientOfWorker;
    private readonly float[] _sum;
    private readonly float[] _gradient;

    public FeatureFactors(MlpNetwork network, int workerCount)
    {
        _offsets = new TensorMemory(network.FactorOffsets!);
        _featureOfInput = network.FeatureOfInput;
        OfInputs = new float[_featureOfInput.Length];
        _gradientOfWorker = [.. Enumerable.Range(0, workerCount).Select(_ => new float[_featureOfInput.Length])];
        _sum = new float[_featureOfInput.Length];
        _gradient = new float[network.Architecture.InputSize];
        Parameter = network.Parameters.Count - 1;
    }

    /// <summary>The index of their parameter in <see cref="MlpNetwork.Parameters"/>.</summary>
    public int Parameter { get; }

    /// <summary>The factor of each input.</summary>
    public float[] OfInputs { get; }

    /// <summary>Computes the factors from their parameter.</summary>
    public void Update()
    {
        var offsets = _offsets.Singles;
        for (var i = 0; i < OfInputs.Length; i++)
        {
            OfInputs[i] = (float)MlpNetwork.FactorOf(offsets[_featureOfInput[i]]);
        }
    }

    /// <summary>A worker's sums over its units, set to 0.</summary>
    public Span<float> BeginGradient(int worker)
    {
        Array.Clear(_gradientOfWorker[worker]);
        return _gradientOfWorker[worker];
    }

    /// <summary>The gradient of the parameter, from the sums of all workers, in their order.</summary>
    public Span<float> ComputeGradient()
    {
        Array.Clear(_sum);
        Array.Clear(_gradient);
        foreach (var ofWorker in _gradientOfWorker)
        {
            SpanMath.Apply(_sum, ofWorker, _sum, default(Add));
        }

        for (var i = 0; i < _sum.Length; i++)
        {
            _gradient[_featureOfInput[i]] += (float)MlpNetwork.OffsetGradientOf(_sum[i]);
        }

        return _gradient;
    }
}
