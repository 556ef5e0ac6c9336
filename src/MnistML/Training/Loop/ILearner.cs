using MnistML.Training.Rows;

namespace MnistML.Training.Loop;

/// <summary>Makes one update of a network from each batch. It holds one batch, and loads the next while it learns.</summary>
internal interface ILearner : IDisposable
{
    /// <summary>The number of threads that libtorch uses meanwhile.</summary>
    int TorchThreadCount { get; }

    /// <summary>Begins an epoch with its first batch.</summary>
    void Begin(RowBatch first);

    /// <summary>Forward pass, loss, gradients and update for the batch that it holds.</summary>
    /// <param name="learningRate">The learning rate of this update.</param>
    /// <param name="next">The batch to load meanwhile; null after the last.</param>
    /// <returns>Loss and metric of the batch before the update; in a group, of the rows of all processes.</returns>
    /// <exception cref="OperationCanceledException">In a group: one of the processes was cancelled. No process made the update.</exception>
    BatchOutcome Learn(double learningRate, RowBatch? next);

    /// <summary>Ends an epoch, or what was made of it: all weights have then made all steps.</summary>
    void End();
}
