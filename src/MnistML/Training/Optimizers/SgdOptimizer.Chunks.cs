using MnistML.Native;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Training.Optimizers;

/// <summary>The same formulas in plain loops.</summary>
internal sealed partial class SgdOptimizer
{
    private readonly TensorMemory[] _weightMemory = new TensorMemory[parameters.Count];
    private readonly TensorMemory[] _velocityMemory = new TensorMemory[parameters.Count];
    private float _learningRate;
    private bool _isBound;
    private SkippedSteps? _skipped;

    public void BeginStep(double learningRate)
    {
        _learningRate = (float)learningRate;
        _skipped?.Add(
            options.Nesterov ? learningRate * options.Momentum : learningRate, 1 - (learningRate * options.WeightDecay));
        if (_isBound)
        {
            return;
        }

        _isBound = true;
        for (var i = 0; i < parameters.Count; i++)
        {
            _weightMemory[i] = new TensorMemory(parameters[i]);
            if (options.Momentum > 0)
            {
                // From zero the first step sets it to the gradient.
                _velocities[i] ??= zeros_like(parameters[i], requires_grad: false).DetachFromDisposeScope();
                _velocityMemory[i] = new TensorMemory(_velocities[i]!);
            }
        }
    }

    public void UpdateChunk(int parameter, int start, Span<float> gradient)
    {
        var weights = _weightMemory[parameter].Singles.Slice(start, gradient.Length);
        if (options.WeightDecay > 0)
        {
            SpanMath.Apply(gradient, weights, gradient, new AddScaled((float)options.WeightDecay));
        }

        if (options.Momentum > 0)
        {
            var velocity = _velocityMemory[parameter].Singles.Slice(start, gradient.Length);
            var momentum = (float)options.Momentum;
            SpanMath.Apply(gradient, velocity, velocity, new AddScaled(momentum));
            if (!options.Nesterov)
            {
                SpanMath.Apply(weights, velocity, weights, new AddScaled(-_learningRate));
                return;
            }

            SpanMath.Apply(gradient, velocity, gradient, new AddScaled(momentum));
        }

        SpanMath.Apply(weights, gradient, weights, new AddScaled(-_learningRate));
    }

    /// <summary>Decay changes the velocity by the weight, so that with both no step may be skipped.</summary>
    public bool TrySkipping()
    {
        var canSkip = SkippedSteps.CanSkip(options.Momentum) && (options.Momentum == 0 || options.WeightDecay == 0);
        _skipped = canSkip ? new SkippedSteps(options.Momentum) : null;
        return canSkip;
    }

    public void CatchUp(int parameter, int start, int count, int steps)
    {
        var weights = _weightMemory[parameter].Singles.Slice(start, count);
        var (decay, way) = _skipped!.Last(steps);
        if (options.Momentum > 0)
        {
            var velocity = _velocityMemory[parameter].Singles.Slice(start, count);
            SpanMath.Apply(weights, velocity, weights, new AddScaled((float)-way));
            SpanMath.Apply(velocity, velocity, new Scale((float)Math.Pow(options.Momentum, steps)));
        }
        else if (decay < 1)
        {
            SpanMath.Apply(weights, weights, new Scale((float)decay));
        }
    }

    public void ForgetSteps() => _skipped?.Clear();
}
