using MnistML.Common;
using MnistML.Network;
using MnistML.Training.Optimizers;

namespace MnistML;

/// <summary>How the weights are updated from their gradients after each batch.</summary>
public abstract record MlpOptimizer
{
    private protected MlpOptimizer()
    {
    }

    /// <summary>Step size, above 0: the factor on each update.</summary>
    [Above(0)]
    public required double LearningRate { get; init; }

    /// <summary>The pull of weights and biases towards zero, 0 or above; what it does depends on the rule.</summary>
    [AtLeast(0)]
    public double WeightDecay { get; init; }

    /// <summary>
    /// Stochastic gradient descent, as in PyTorch's <c>torch.optim.SGD</c>: <c>g ← gradient + weightDecay·w</c>;
    /// <c>v ← momentum·v + g</c> (at the first step <c>v ← g</c>); <c>w ← w - learningRate·v</c>, or with Nesterov's momentum
    /// <c>w ← w - learningRate·(g + momentum·v)</c> (Sutskever, Martens, Dahl and Hinton, 2013).
    /// </summary>
    /// <param name="learningRate">Step size, above 0.</param>
    /// <param name="momentum">Share of the last step that is kept, from 0 up to, not including, 1; 0 by default.</param>
    /// <param name="nesterov">Whether to look ahead by the momentum; needs one above 0. False by default.</param>
    /// <param name="weightDecay">L2 penalty, 0 or above, on weights and biases; 0 by default.</param>
    public static MlpOptimizer Sgd(double learningRate, double momentum = 0, bool nesterov = false, double weightDecay = 0) =>
        new SgdOptions { LearningRate = learningRate, Momentum = momentum, Nesterov = nesterov, WeightDecay = weightDecay };

    /// <summary>
    /// Adam (Kingma and Ba, 2014), as in PyTorch's <c>torch.optim.Adam</c>: <c>g ← gradient + weightDecay·w</c>;
    /// <c>m ← β₁·m + (1-β₁)·g</c>; <c>v ← β₂·v + (1-β₂)·g²</c>; at step t, counted from 1,
    /// <c>w ← w - learningRate · (m / (1-β₁ᵗ)) / (√(v / (1-β₂ᵗ)) + epsilon)</c>.
    /// </summary>
    /// <param name="learningRate">Step size, above 0; 0.001 by default.</param>
    /// <param name="beta1">β₁, the share of the mean gradient that is kept, from 0 up to, not including, 1; 0.9 by default.</param>
    /// <param name="beta2">β₂, the share of the mean square that is kept, from 0 up to, not including, 1; 0.999 by default.</param>
    /// <param name="epsilon">What keeps the quotient finite, above 0; 1E-08 by default.</param>
    /// <param name="weightDecay">L2 penalty, 0 or above, on weights and biases; 0 by default.</param>
    public static MlpOptimizer Adam(
        double learningRate = 0.001, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0) =>
        new AdamOptions { LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, WeightDecay = weightDecay };

    /// <summary>
    /// Adam with decoupled weight decay (Loshchilov and Hutter, 2017), as in PyTorch's <c>torch.optim.AdamW</c>: first
    /// <c>w ← w - learningRate·weightDecay·w</c>, then <see cref="Adam"/>'s step on the gradient alone.
    /// </summary>
    /// <param name="learningRate">Step size, above 0; 0.001 by default.</param>
    /// <param name="beta1">β₁, the share of the mean gradient that is kept, from 0 up to, not including, 1; 0.9 by default.</param>
    /// <param name="beta2">β₂, the share of the mean square that is kept, from 0 up to, not including, 1; 0.999 by default.</param>
    /// <param name="epsilon">What keeps the quotient finite, above 0; 1E-08 by default.</param>
    /// <param name="weightDecay">The share of weights and biases that is taken off at a learning rate of 1, 0 or above; 0.01 by default.</param>
    public static MlpOptimizer AdamW(
        double learningRate = 0.001, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01) =>
        new AdamOptions { LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, WeightDecay = weightDecay, IsDecoupled = true };

    /// <summary>Binds the rule to a network's parameters. The caller owns what comes back.</summary>
    internal abstract IOptimizer Create(MlpNetwork network);
}
