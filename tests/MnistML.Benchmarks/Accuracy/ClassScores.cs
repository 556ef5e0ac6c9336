using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Benchmarks.Accuracy;

/// <summary>The predicted probabilities of rows.</summary>
/// <param name="Rows">For each row, the probability of each class.</param>
/// <param name="Labels">The zero-based class of each row.</param>
internal sealed record ClassScores(float[][] Rows, int[] Labels)
{
    /// <summary>The share of rows whose class has the highest probability.</summary>
    public double Accuracy =>
        Rows.Zip(Labels, (row, label) => Array.IndexOf(row, row.Max()) == label).Count(isCorrect => isCorrect) / (double)Rows.Length;

    public static ClassScores Of(IDataView scored, int[] labels) => new([.. scored.GetColumn<float[]>("Score")], labels);

    /// <summary>The mean of several for the same rows.</summary>
    public static ClassScores Mean(IReadOnlyList<ClassScores> scores) => scores[0] with
    {
        Rows = [.. scores[0].Rows.Select((row, i) => row.Select((_, column) => scores.Average(score => score.Rows[i][column])).ToArray())],
    };
}
