using System.Globalization;
using Microsoft.ML;
using MnistML.Onnx;

namespace MnistML.Scoring.Stock;

/// <summary>
/// ML.NET's own scorer of a task. It adds the task's columns with their types and all their annotations, in a form that any ML.NET
/// application can load. ML.NET closes the constructors of its transformers to other assemblies (dotnet/machinelearning #4911), so a
/// scorer is fitted on rows for which its linear model is known, and verified each time, since ML.NET does not document what its trainers
/// give.
/// </summary>
/// <param name="Task">The task.</param>
/// <param name="Transformer">The scorer.</param>
/// <param name="Input">
/// The vector column that the scorer reads, and what that has to hold, so that its linear model gives the outputs of the network.
/// </param>
internal sealed record StockScorer(MlpTask Task, ITransformer Transformer, OnnxOutput Input)
{
    /// <summary>Fits the scorer of a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="inputColumnName">The vector column that the scorer reads.</param>
    /// <param name="label">The user's label column.</param>
    /// <exception cref="NotSupportedException">ML.NET's trainer returned other weights.</exception>
    public static StockScorer Fit(MlpTask task, string inputColumnName, DataViewSchema.Column label) => task switch
    {
        MlpTask.Binary => BinaryScorer.Fit(inputColumnName, label),
        MlpTask.Regression => RegressionScorer.Fit(inputColumnName, label),
        _ => MulticlassScorer.Fit(inputColumnName, label),
    };

    /// <summary>Recognises a fitted scorer; null if a stage is none.</summary>
    /// <exception cref="NotSupportedException">Its weights are not those that it is fitted with.</exception>
    public static StockScorer? TryRead(ITransformer stage) =>
        MulticlassScorer.TryRead(stage) ?? BinaryScorer.TryRead(stage) ?? RegressionScorer.TryRead(stage);

    /// <summary>Numbers for an error message.</summary>
    public static string List(IEnumerable<float> numbers) =>
        string.Join(", ", numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>The error where a trainer of ML.NET returned other weights than it should.</summary>
    public static NotSupportedException Unsupported(string trainer, string expected, string found) =>
        new($"This version of Microsoft.ML ({typeof(MLContext).Assembly.GetName().Version}) can't carry the network's scores: its "
            + $"{trainer} trainer should give {expected}, but {found}. Reference Microsoft.ML 5.0.1, with which MnistML is tested.");
}
