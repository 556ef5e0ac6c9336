using MnistML.Network;
using static TorchSharp.torch;

namespace MnistML.Training;

/// <summary>The same formulas in plain loops.</summary>
internal sealed partial class SgdOptimizer
{
    private float _learningRate;

    public void BeginStep(double learningRate)
    {
        _learningRate = (float)learningRate;
        for (var i = 0; i < parameters.Count && options.Momentum > 0; i++)
        {
            // From zero the first step sets it to the gradient.
            _velocities[i] ??= zeros_like(parameters[i], requires_grad: false).DetachFromDisposeScope();
        }
    }

    public void UpdatePiece(int parameter, int start, Span<float> gradient)
    {
        var weights = TensorValues.Piece(parameters[parameter], start, gradient.Length);
        if (options.WeightDecay > 0)
        {
            VectorLoops.Apply(gradient, weights, gradient, new PlusTimes((float)options.WeightDecay));
        }

        if (_velocities[parameter] is { } tensor)
        {
            var velocity = TensorValues.Piece(tensor, start, gradient.Length);
            var momentum = (float)options.Momentum;
            VectorLoops.Apply(gradient, velocity, velocity, new PlusTimes(momentum));
            if (!options.Nesterov)
            {
                VectorLoops.Apply(weights, velocity, weights, new PlusTimes(-_learningRate));
                return;
            }

            VectorLoops.Apply(gradient, velocity, gradient, new PlusTimes(momentum));
        }

        VectorLoops.Apply(weights, gradient, weights, new PlusTimes(-_learningRate));
    }
}
