namespace MnistML.Benchmarks.Tabular;

/// <summary>What one trainer reached on one table, fold by fold.</summary>
/// <param name="Accuracy">Share of the rows that are predicted correctly, from 0 to 1.</param>
/// <param name="LogLoss">Mean cross-entropy in nats.</param>
/// <param name="Auc">Area under the ROC curve; null where there are other than two classes.</param>
/// <param name="Seconds">Of training, over all folds.</param>
internal sealed record TableScores(Scores Accuracy, Scores LogLoss, Scores? Auc, double Seconds);
