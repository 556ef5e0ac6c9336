using static TorchSharp.torch;

namespace MnistML.Training.Optimizers;

/// <summary>Updates a network's parameters from their gradients. It owns its state, not the parameters.</summary>
internal interface IOptimizer : IDisposable
{
    /// <summary>Makes one update.</summary>
    /// <param name="gradients">The gradient of each parameter, in their order; they may be overwritten.</param>
    /// <param name="learningRate">The learning rate of this step: the optimiser's own, times the schedule's factor.</param>
    void Step(IReadOnlyList<Tensor> gradients, double learningRate);

    /// <summary>Begins an update that is made chunk by chunk, of a network on the processor.</summary>
    /// <param name="learningRate">As for <see cref="Step"/>.</param>
    void BeginStep(double learningRate);

    /// <summary>Updates a chunk of a parameter. Several threads may do so at once, each with chunks of its own.</summary>
    /// <param name="parameter">The index of the parameter.</param>
    /// <param name="start">The index of the chunk's first value within the parameter, row by row.</param>
    /// <param name="gradient">The gradient with respect to the chunk; it may be overwritten.</param>
    void UpdateChunk(int parameter, int start, Span<float> gradient);

    /// <summary>
    /// Prepares for chunks that are not updated in steps in which their gradient is zero, but make up for them by <see cref="CatchUp"/>.
    /// </summary>
    /// <returns>False if they can't: each step must then update all chunks.</returns>
    bool TrySkipping();

    /// <summary>
    /// Makes the last steps for a chunk whose gradient was zero in them. Several threads may do so at once, each with chunks of its own.
    /// </summary>
    /// <param name="parameter">The index of the parameter.</param>
    /// <param name="start">The index of the chunk's first value within the parameter.</param>
    /// <param name="count">The values of the chunk.</param>
    /// <param name="steps">The number of steps, at least 1.</param>
    void CatchUp(int parameter, int start, int count, int steps);

    /// <summary>Forgets the steps that are needed to catch up, since all chunks have.</summary>
    void ForgetSteps();

    /// <summary>A copy of its state.</summary>
    Dictionary<string, float[]> CopyState();

    /// <summary>Restores a copy of its state.</summary>
    /// <param name="state">What <see cref="CopyState"/> gave.</param>
    /// <param name="stepCount">The steps that had been made.</param>
    void RestoreState(IReadOnlyDictionary<string, float[]> state, long stepCount);
}
