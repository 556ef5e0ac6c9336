using MnistML.Network;
using MnistML.Training;

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
    /// Stochastic gradient descent, as in PyTorch's <c>torch.optim.SGD</c>: <c>g ← gradient + weightDecay·w</c>;
    /// <c>v ← momentum·v + g</c> (at the first step <c>v ← g</c>); <c>w ← w - learningRate·v</c>, or with Nesterov's momentum
    /// <c>w ← w - learningRate·(g + momentum·v)</c> (Sutskever, Martens, Dahl and Hinton, 2013).
    /// </summary>
    /// <param name="learningRate">Step size, above 0.</param>
    /// <param name="momentum">Share of the last step that is kept, from 0 up to, not including, 1.</param>
    /// <param name="nesterov">Whether to look ahead by the momentum; needs one above 0.</param>
    /// <param name="weightDecay">L2 penalty, 0 or above, on weights and biases.</param>
    public static MlpOptimizer Sgd(double learningRate, double momentum = 0, bool nesterov = false, double weightDecay = 0) =>
        new SgdOptions { LearningRate = learningRate, Momentum = momentum, Nesterov = nesterov, WeightDecay = weightDecay };

    /// <summary>Binds the rule to a network's parameters. The caller owns what comes back.</summary>
    internal abstract IOptimizer Create(MlpNetwork network);
}
