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

    public void BeginStep(double learningRate)
    {
        _learningRate = (float)learningRate;
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
}
