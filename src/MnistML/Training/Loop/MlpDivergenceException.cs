namespace MnistML;

/// <summary>
/// A training diverged: its loss, or a weight of the network, became NaN or infinite. The message says what to change. To go on without
/// the user, catch it and train again with a smaller <see cref="MlpOptimizer.LearningRate"/>.
/// </summary>
public sealed class MlpDivergenceException : InvalidOperationException
{
    internal MlpDivergenceException(string message, int epoch, int batch, double learningRate)
        : base(message)
    {
        Epoch = epoch;
        Batch = batch;
        LearningRate = learningRate;
    }

    /// <summary>The epoch in which it was found; the first is 1.</summary>
    public int Epoch { get; }

    /// <summary>The batch of the epoch after which it was found; the first is 1.</summary>
    public int Batch { get; }

    /// <summary>The learning rate of that batch: the optimiser's, times the factor of the schedule.</summary>
    public double LearningRate { get; }
}
