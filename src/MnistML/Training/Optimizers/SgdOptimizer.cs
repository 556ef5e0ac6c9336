using MnistML.Native;
using static TorchSharp.torch;

namespace MnistML.Training.Optimizers;

/// <summary>Stochastic gradient descent; <see cref="MlpOptimizer.Sgd"/> gives its formulas. It owns the velocities.</summary>
internal sealed partial class SgdOptimizer(SgdOptions options, IReadOnlyList<Tensor> parameters) : IOptimizer
{
    private readonly Tensor?[] _velocities = new Tensor?[parameters.Count];

    public void Step(IReadOnlyList<Tensor> gradients, double learningRate)
    {
        using var noGradient = no_grad();
        for (var i = 0; i < parameters.Count; i++)
        {
            parameters[i].add_(Direction(i, gradients[i]), alpha: -learningRate);
        }
    }

    public Dictionary<string, float[]> CopyState() => Enumerable.Range(0, parameters.Count)
        .Where(i => _velocities[i] is not null)
        .ToDictionary(VelocityName, i => TensorValues.ToSingles(_velocities[i]!));

    public void RestoreState(IReadOnlyDictionary<string, float[]> state, long stepCount)
    {
        for (var i = 0; i < parameters.Count; i++)
        {
            if (state.ContainsKey(VelocityName(i)))
            {
                _velocities[i] ??= zeros_like(parameters[i], requires_grad: false).DetachFromDisposeScope();
                TensorValues.Set(_velocities[i]!, state, VelocityName(i));
            }
        }
    }

    public void Dispose()
    {
        foreach (var velocity in _velocities)
        {
            velocity?.Dispose();
        }
    }

    private static string VelocityName(int index) => $"velocities.{index}";

    private Tensor Direction(int index, Tensor gradient)
    {
        if (options.WeightDecay > 0)
        {
            gradient.add_(parameters[index], alpha: options.WeightDecay);
        }

        if (options.Momentum == 0)
        {
            return gradient;
        }

        var velocity = _velocities[index]?.mul_(options.Momentum).add_(gradient)
            ?? (_velocities[index] = gradient.clone().DetachFromDisposeScope());
        return options.Nesterov ? gradient.add_(velocity, alpha: options.Momentum) : velocity;
    }
}
