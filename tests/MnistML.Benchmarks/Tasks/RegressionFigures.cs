namespace MnistML.Benchmarks.Tasks;

/// <summary>The result of a comparison on one table: the root mean squared errors of the folds.</summary>
internal sealed record RegressionFigures(
    string Table, int Rows, int Features, Scores Mlp, Scores Sdca, IReadOnlyDictionary<string, Scores> Trees, bool Held);
