namespace MnistML.Benchmarks.Tabular;

/// <summary>The result of a comparison on one table: the accuracies of the folds.</summary>
internal sealed record TabularFigures(
    string Table, int Rows, int Features, int Classes, Scores Mlp, IReadOnlyDictionary<string, Scores> Rivals, bool Held);
