namespace MnistML.Training.Loop;

/// <summary>The result of a training: the network as plain values, and the metrics of each epoch.</summary>
internal sealed record TrainingResult(MlpModelParameters Model, IReadOnlyList<MlpEpochMetrics> History);
