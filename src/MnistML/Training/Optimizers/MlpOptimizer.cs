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

    /// <summary>
    /// The pull of parameters towards zero, 0 or above; 0 for none. It acts on all parameters: weights, biases, and the scale and shift of
    /// batch normalisation, as in PyTorch's optimisers by default. Its formula depends on the rule.
    /// </summary>
    [AtLeast(0)]
    public double WeightDecay { get; init; }

    /// <summary>
    /// Stochastic gradient descent, as in PyTorch's <c>torch.optim.SGD</c>: <c>g ← gradient + weightDecay·w</c>;
    /// <c>v ← momentum·v + g</c> (at the first step <c>v ← g</c>); <c>w ← w - learningRate·v</c>, or with Nesterov's momentum
    /// <c>w ← w - learningRate·(g + momentum·v)</c> (Sutskever, Martens, Dahl and Hinton, 2013).
    /// </summary>
    /// <param name="learningRate">Step size, above 0.</param>
    /// <param name="momentum">The fraction of the last step that is kept, from 0 up to, not including, 1; 0 by default.</param>
    /// <param name="nesterov">Whether to look ahead by the momentum; needs one above 0. False by default.</param>
    /// <param name="weightDecay">L2 penalty, 0 or above, on the parameters that <see cref="WeightDecay"/> names; 0 by default.</param>
    public static MlpOptimizer Sgd(double learningRate, double momentum = 0, bool nesterov = false, double weightDecay = 0) =>
        new SgdOptions { LearningRate = learningRate, Momentum = momentum, Nesterov = nesterov, WeightDecay = weightDecay };

    /// <summary>
    /// Adam (Kingma and Ba, 2014), as in PyTorch's <c>torch.optim.Adam</c>: <c>g ← gradient + weightDecay·w</c>;
    /// <c>m ← β₁·m + (1-β₁)·g</c>; <c>v ← β₂·v + (1-β₂)·g²</c>; at step t, counted from 1,
    /// <c>w ← w - learningRate · (m / (1-β₁ᵗ)) / (√(v / (1-β₂ᵗ)) + epsilon)</c>.
    /// </summary>
    /// <param name="learningRate">Step size, above 0; 0.001 by default.</param>
    /// <param name="beta1">β₁, the fraction of the mean gradient that is kept, from 0 up to, not including, 1; 0.9 by default.</param>
    /// <param name="beta2">β₂, the fraction of the mean square that is kept, from 0 up to, not including, 1; 0.999 by default.</param>
    /// <param name="epsilon">What keeps the quotient finite, above 0; 1E-08 by default.</param>
    /// <param name="weightDecay">L2 penalty, 0 or above, on the parameters that <see cref="WeightDecay"/> names; 0 by default.</param>
    public static MlpOptimizer Adam(
        double learningRate = 0.001,
        double beta1 = AdamOptions.DefaultBeta1,
        double beta2 = AdamOptions.DefaultBeta2,
        double epsilon = AdamOptions.DefaultEpsilon,
        double weightDecay = 0) =>
        new AdamOptions { LearningRate = learningRate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, WeightDecay = weightDecay };

    /// <summary>
    /// Adam with decoupled weight decay (Loshchilov and Hutter, 2017), as in PyTorch's <c>torch.optim.AdamW</c>: first
    /// <c>w ← w - learningRate·weightDecay·w</c>, then <see cref="Adam"/>'s step on the gradient alone.
    /// </summary>
    /// <param name="learningRate">Step size, above 0; 0.001 by default.</param>
    /// <param name="beta1">β₁, the fraction of the mean gradient that is kept, from 0 up to, not including, 1; 0.9 by default.</param>
    /// <param name="beta2">β₂, the fraction of the mean square that is kept, from 0 up to, not including, 1; 0.999 by default.</param>
    /// <param name="epsilon">What keeps the quotient finite, above 0; 1E-08 by default.</param>
    /// <param name="weightDecay">The fraction by which parameters shrink at a learning rate of 1, 0 or above; 0.01 by default. It acts on
    /// the same parameters as <see cref="WeightDecay"/>.</param>
    public static MlpOptimizer AdamW(
        double learningRate = 0.001,
        double beta1 = AdamOptions.DefaultBeta1,
        double beta2 = AdamOptions.DefaultBeta2,
        double epsilon = AdamOptions.DefaultEpsilon,
        double weightDecay = 0.01) =>
        new AdamOptions
        {
            LearningRate = learningRate,
            Beta1 = beta1,
            Beta2 = beta2,
            Epsilon = epsilon,
            WeightDecay = weightDecay,
            IsDecoupled = true,
        };

    /// <summary>Binds the rule to a network's parameters. The caller owns what comes back.</summary>
    internal abstract IOptimizer Create(MlpNetwork network);
}
