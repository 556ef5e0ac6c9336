namespace MnistML.Network.Backprop;

/// <summary>Chooses how many of the allowed threads work on each batch.</summary>
internal static class AutoThreads
{
    /// <summary>With fewer multiplications a thread in each batch, another thread costs more in waiting than it gains.</summary>
    private const long MinMultiplicationsPerThread = 1 << 20;

    /// <summary>With fewer rows a thread, reading the weights takes longer than computing with them.</summary>
    private const int MinRowsPerThread = 8;

    /// <summary>
    /// The number of threads: a function of the network and the batch size alone, so that a run can be repeated bit for bit.
    /// </summary>
    /// <param name="maxThreads">The threads that may be used, at least 1.</param>
    /// <param name="architecture">The network.</param>
    /// <param name="batchSize">Rows of a batch.</param>
    public static int Choose(int maxThreads, MlpArchitecture architecture, int batchSize)
    {
        var multiplications = architecture.MemberCount * architecture.Layers.Sum(layer => layer.WeightCount) * batchSize;
        var byWork = multiplications / MinMultiplicationsPerThread;
        return (int)Math.Clamp(Math.Min(byWork, batchSize / MinRowsPerThread), 1, maxThreads);
    }
}
