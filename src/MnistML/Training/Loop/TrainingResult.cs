namespace MnistML.Training.Loop;

/// <summary>The result of a training: the network as plain values, and the metrics of each epoch.</summary>
internal sealed record TrainingResult(MlpModelParameters Model, IReadOnlyList<MlpEpochMetrics> History)
{
    /// <summary>What the outputs are divided by; 1 for none.</summary>
    public double Temperature { get; init; } = 1;
}
