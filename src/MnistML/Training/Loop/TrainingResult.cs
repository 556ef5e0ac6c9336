namespace MnistML.Training.Loop;

/// <summary>What a training gives: the network as plain values, and what each epoch came to.</summary>
internal sealed record TrainingResult(MlpModelParameters Model, IReadOnlyList<MlpEpochMetrics> History);
