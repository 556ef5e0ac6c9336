namespace MnistML;

/// <summary>Which rows of a batch give the means and variances of batch normalisation where several processes train together.</summary>
public enum MlpBatchStatistics
{
    /// <summary>
    /// All rows of the batch, so that the result does not depend on the number of processes, up to rounding. It takes one sum over the
    /// group for each normalised layer forward, and one backward.
    /// </summary>
    Synchronized,

    /// <summary>
    /// Each process's own rows of the batch, as in PyTorch's <c>DistributedDataParallel</c> unless a network is converted to
    /// <c>SyncBatchNorm</c>; the running averages are those of rank 0. It sends nothing, for slow networks. The result depends on the
    /// number of processes. A process with a single row of a batch, which has no variance, normalises it by the running averages.
    /// </summary>
    Local,
}
