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
    private AdamStep _adamStep;
    private SkippedSteps? _skipped;
    private SkippedSteps? _skippedBelowEpsilon;

    public void BeginStep(double learningRate)
    {
        _step++;
        _learningRate = learningRate;
        var (stepSize, root) = (_learningRate / MeanBiasAt(_step), 1 / Math.Sqrt(SquareBiasAt(_step)));
        _adamStep = new AdamStep((float)stepSize, (float)root, (float)_options.Epsilon);
        var decay = _options.IsDecoupled ? DecayOf(learningRate) : 1;
        _skipped?.Add(stepSize / root, decay);
        _skippedBelowEpsilon?.Add(stepSize, decay);
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
            SpanMath.Apply(weights, weights, new Scale((float)DecayOf(_learningRate)));
        }
        else if (_options.WeightDecay > 0)
        {
            SpanMath.Apply(gradient, weights, gradient, new AddScaled((float)_options.WeightDecay));
        }

        SpanMath.Apply(mean, gradient, mean, new WeightedSum((float)_options.Beta1, (float)(1 - _options.Beta1)));
        SpanMath.Apply(square, gradient, square, new WeightedSumOfSquare((float)_options.Beta2, (float)(1 - _options.Beta2)));
        SpanMath.Apply(weights, mean, square, weights, _adamStep);
    }

    /// <summary>Decay that is added to the gradient changes the moments by the weight, so that no step may be skipped.</summary>
    public bool TrySkipping()
    {
        var ratio = _options.Beta1 / Math.Sqrt(_options.Beta2);
        if ((!_options.IsDecoupled && _options.WeightDecay > 0) || !SkippedSteps.CanSkip(ratio))
        {
            return false;
        }

        (_skipped, _skippedBelowEpsilon) = (new SkippedSteps(ratio), new SkippedSteps(_options.Beta1));
        return true;
    }

    /// <summary>
    /// While the gradient is zero, both moments shrink by constant ratios. So the quotient of the first moment and the root of the second
    /// shrinks by one too, where epsilon does not matter beside the root; where the root does not matter, the quotient shrinks as the first
    /// moment does. For a single step, and in both these cases, this gives the steps one by one up to rounding; between them, several steps
    /// are up to a few percent longer.
    /// </summary>
    public void CatchUp(int parameter, int start, int count, int steps)
    {
        var weights = _weightMemory![parameter].Singles.Slice(start, count);
        var mean = _meanMemory![parameter].Singles.Slice(start, count);
        var square = _squareMemory![parameter].Singles.Slice(start, count);
        var (decay, way) = _skipped!.Last(steps);
        if (decay < 1)
        {
            SpanMath.Apply(weights, weights, new Scale((float)decay));
        }

        var wayBelowEpsilon = _skippedBelowEpsilon!.Last(steps).Way;
        var epsilon = wayBelowEpsilon == 0 ? _options.Epsilon : _options.Epsilon * way / wayBelowEpsilon;
        SpanMath.Apply(weights, mean, square, weights, new AdamStep((float)way, rootScale: 1, (float)epsilon));
        SpanMath.Apply(mean, mean, new Scale((float)Math.Pow(_options.Beta1, steps)));
        SpanMath.Apply(square, square, new Scale((float)Math.Pow(_options.Beta2, steps)));
    }

    public void ForgetSteps()
    {
        _skipped?.Clear();
        _skippedBelowEpsilon?.Clear();
    }

    private double DecayOf(double learningRate) => 1 - (learningRate * _options.WeightDecay);

    private double MeanBiasAt(long step) => 1 - Math.Pow(_options.Beta1, step);

    private double SquareBiasAt(long step) => 1 - Math.Pow(_options.Beta2, step);

    private static TensorMemory[] Bind(IEnumerable<Tensor> tensors) => [.. tensors.Select(tensor => new TensorMemory(tensor))];
}
