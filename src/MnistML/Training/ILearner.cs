namespace MnistML.Training;

/// <summary>Makes one update of a network from each batch. It holds one batch at a time, and takes the next while it learns from that.</summary>
internal interface ILearner : IDisposable
{
    /// <summary>Threads that libtorch is to compute with on the calling thread while this learns.</summary>
    int TorchThreadCount { get; }

    /// <summary>Begins an epoch with its first batch.</summary>
    void Begin(RowBatch first);

    /// <summary>Forward, loss, gradients, update by the batch that it holds.</summary>
    /// <param name="dropoutSeed">Draws the units that are dropped.</param>
    /// <param name="learningRate">This update's.</param>
    /// <param name="next">The batch to hold next; null after the last.</param>
    /// <returns>What the network made of the batch before the update.</returns>
    BatchOutcome Learn(ulong dropoutSeed, double learningRate, RowBatch? next);
}
