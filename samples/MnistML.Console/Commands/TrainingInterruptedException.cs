namespace MnistML.Samples.Commands;

/// <summary>A training was stopped that can go on.</summary>
internal sealed class TrainingInterruptedException(string checkpointPath)
    : OperationCanceledException($"Interrupted; no model was saved. The same command goes on from {checkpointPath}.");
