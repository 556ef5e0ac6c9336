namespace MnistML.Benchmarks.Distributed;

/// <summary>What the first process of a training prints.</summary>
/// <param name="RowsPerSecond">The median over the epochs but the first, in which compilers are at work.</param>
/// <param name="Losses">The training loss of each epoch.</param>
/// <param name="Accuracy">On the test set; 0 where there is none.</param>
/// <param name="Hash">Of the weights.</param>
internal sealed record RankFigures(double RowsPerSecond, double[] Losses, double Accuracy, string Hash);
