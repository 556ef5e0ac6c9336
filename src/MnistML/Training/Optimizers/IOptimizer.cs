using static TorchSharp.torch;

namespace MnistML.Training.Optimizers;

/// <summary>Updates a network's parameters from their gradients. It owns what it remembers from step to step, not the parameters.</summary>
internal interface IOptimizer : IDisposable
{
    /// <summary>Makes one update.</summary>
    /// <param name="gradients">The gradient of each parameter, in their order; they may be overwritten.</param>
    /// <param name="learningRate">This step's, which the schedule makes of the optimiser's own.</param>
    void Step(IReadOnlyList<Tensor> gradients, double learningRate);

    /// <summary>Begins an update that is made piece by piece, of a network on the processor.</summary>
    /// <param name="learningRate">As for <see cref="Step"/>.</param>
    void BeginStep(double learningRate);

    /// <summary>Updates a piece of a parameter. Several threads may do so at once, each with pieces of its own.</summary>
    /// <param name="parameter">The parameter's place.</param>
    /// <param name="start">Where the piece begins in it, row by row.</param>
    /// <param name="gradient">The derivatives by it; they may be overwritten.</param>
    void UpdateChunk(int parameter, int start, Span<float> gradient);

    /// <summary>A copy of what it remembers.</summary>
    Dictionary<string, float[]> CopyState();

    /// <summary>Puts a copy back.</summary>
    /// <param name="state">What <see cref="CopyState"/> gave.</param>
    /// <param name="stepCount">The steps that had been made.</param>
    void RestoreState(IReadOnlyDictionary<string, float[]> state, long stepCount);
}
