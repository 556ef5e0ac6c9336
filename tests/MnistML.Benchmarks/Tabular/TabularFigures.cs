namespace MnistML.Benchmarks.Tabular;

/// <summary>What a comparison on one table found: accuracies of the folds.</summary>
internal sealed record TabularFigures(string Table, int Rows, int Features, int Classes, FoldScores Mlp, IReadOnlyDictionary<string, FoldScores> Rivals, bool Held);
