using MnistML.Native;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Training.Optimizers;

/// <summary>
/// The same formulas in plain loops. libtorch would read and write weights and moments six times a step; a chunk fits into the processor's
/// first cache, so each value is read from memory once.
/// </summary>
internal sealed partial class AdamOptimizer
{
    private TensorMemory[]? _weightMemory;
    private TensorMemory[]? _meanMemory;
    private TensorMemory[]? _squareMemory;
    private double _learningRate;

    public void BeginStep(double learningRate)
    {
        _step++;
        _learningRate = learningRate;
        if (_weightMemory is null)
        {
            _weightMemory = Bind(_parameters);
            _meanMemory = Bind(_means);
            _squareMemory = Bind(_squares);
        }
    }

    public void UpdateChunk(int parameter, int start, Span<float> gradient)
    {
        var weights = _weightMemory![parameter].Singles.Slice(start, gradient.Length);
        var mean = _meanMemory![parameter].Singles.Slice(start, gradient.Length);
        var square = _squareMemory![parameter].Singles.Slice(start, gradient.Length);
        if (_options.WeightDecay > 0 && _options.IsDecoupled)
        {
            SpanMath.Apply(weights, weights, new Scale((float)(1 - (_learningRate * _options.WeightDecay))));
        }
        else if (_options.WeightDecay > 0)
        {
            SpanMath.Apply(gradient, weights, gradient, new AddScaled((float)_options.WeightDecay));
        }

        SpanMath.Apply(mean, gradient, mean, new WeightedSum((float)_options.Beta1, (float)(1 - _options.Beta1)));
        SpanMath.Apply(square, gradient, square, new WeightedSumOfSquare((float)_options.Beta2, (float)(1 - _options.Beta2)));
        var stepSize = _learningRate / (1 - Math.Pow(_options.Beta1, _step));
        var root = 1 / Math.Sqrt(1 - Math.Pow(_options.Beta2, _step));
        SpanMath.Apply(weights, mean, square, weights, new AdamStep((float)stepSize, (float)root, (float)_options.Epsilon));
    }

    private static TensorMemory[] Bind(IEnumerable<Tensor> tensors) => [.. tensors.Select(tensor => new TensorMemory(tensor))];
}
