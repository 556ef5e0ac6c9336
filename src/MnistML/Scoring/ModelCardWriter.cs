using System.Globalization;
using Microsoft.ML;
using MnistML.Model;

namespace MnistML.Scoring;

/// <summary>Writes the card of a model.</summary>
internal static class ModelCardWriter
{
    /// <summary>Names beyond that many are counted only.</summary>
    private const int MaxNames = 100;

    /// <summary>Epochs beyond that many are left out in the middle.</summary>
    private const int MaxEpochs = 60;

    private static readonly (string Name, Func<MlpEpochMetrics, double?> Value)[] Metrics =
    [
        ("train loss", epoch => epoch.TrainLoss),
        ("train accuracy", epoch => epoch.TrainAccuracy),
        ("train RMSE", epoch => epoch.TrainRootMeanSquaredError),
        ("validation loss", epoch => epoch.ValidationLoss),
        ("validation accuracy", epoch => epoch.ValidationAccuracy),
        ("validation RMSE", epoch => epoch.ValidationRootMeanSquaredError),
        ("out-of-fold loss", epoch => epoch.OutOfFoldLoss),
        ("out-of-fold accuracy", epoch => epoch.OutOfFoldAccuracy),
        ("out-of-fold RMSE", epoch => epoch.OutOfFoldRootMeanSquaredError),
        ("learning rate", epoch => epoch.LearningRate),
    ];

    public static MlpModelCard Write(MlpTransformer model, MlpMetadata metadata)
    {
        var tables = new List<CardTable>
        {
            new("Model", ["", ""], [.. DescribeModel(model, metadata).Where(fact => fact[1].Length > 0)]),
            new("Columns", ["direction", "name", "type"], [.. DescribeColumns(model)]),
        };
        if (metadata.Options.Count > 0)
        {
            tables.Add(new CardTable("Recipe: options of the training", ["option", "value"], [.. Pairs(metadata.Options)]));
        }

        if (metadata.History.Count > 0)
        {
            tables.Add(DescribeEpochs(metadata.History));
        }

        tables.Add(new CardTable(
            "Libraries of the training", ["library", "version"], [["MnistML", metadata.Version], .. Pairs(metadata.Libraries)]));
        return new MlpModelCard($"Model card: {model.Model.Architecture} for {Lower(model.Task)}", tables);
    }

    private static IEnumerable<string[]> DescribeModel(MlpTransformer model, MlpMetadata metadata)
    {
        var architecture = model.Model.Architecture;
        yield return ["Task", Lower(model.Task)];
        yield return ["Architecture", $"{architecture}, {Number(architecture.ParameterCount)} parameters"];
        yield return ["Activation", $"{architecture.Activation}"];
        yield return ["Members", architecture.MemberCount == 1 ? "" : Number(architecture.MemberCount)];
        yield return ["Classes", architecture.Task == MlpTask.Multiclass ? Names(model.ClassNames, architecture.ClassCount) : ""];
        yield return ["Features", Names(model.FeatureNames, architecture.InputSize)];
        yield return ["Threshold", model.Threshold is { } threshold ? Figure(threshold) : ""];
        yield return ["Seed", metadata.Options.GetValueOrDefault("Seed", "")];
        yield return ["Training rows", metadata.TrainingRows is { } rows ? Number(rows) : ""];
        yield return ["Validation rows", metadata.ValidationRows is { } validation ? Number(validation) : ""];
    }

    private static IEnumerable<string[]> DescribeColumns(MlpTransformer model)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn(model.FeatureColumnName, model.FeatureColumnType);
        yield return ["in", model.FeatureColumnName, $"{model.FeatureColumnType}"];
        var added = model.GetOutputSchema(builder.ToSchema()).Where(column => !column.IsHidden);
        foreach (var column in added.Where(column => column.Name != model.FeatureColumnName || column.Type != model.FeatureColumnType))
        {
            yield return ["out", column.Name, $"{column.Type}"];
        }
    }

    private static CardTable DescribeEpochs(IReadOnlyList<MlpEpochMetrics> history)
    {
        var metrics = Metrics.Where(metric => history.Any(epoch => metric.Value(epoch) is not null)).ToArray();
        var (first, last) = history.Count > MaxEpochs ? (MaxEpochs / 2, MaxEpochs / 2) : (history.Count, 0);
        string[][] rows =
        [
            .. history.Take(first).Select(Row),
            .. history.Count > MaxEpochs ? [["…", .. metrics.Select(_ => "…")]] : (string[][])[],
            .. history.Skip(history.Count - last).Select(Row),
        ];
        return new CardTable("Metrics by epoch", ["epoch", .. metrics.Select(metric => metric.Name)], rows);

        string[] Row(MlpEpochMetrics epoch) =>
            [Number(epoch.Epoch), .. metrics.Select(metric => metric.Value(epoch) is { } value ? Figure(value) : "")];
    }

    private static string Names(IReadOnlyList<string>? names, int count) => names is null ? Number(count)
        : names.Count <= MaxNames ? $"{Number(count)}: {string.Join(", ", names)}"
        : $"{Number(count)}: {string.Join(", ", names.Take(MaxNames))} and others";

    private static IEnumerable<string[]> Pairs(IReadOnlyDictionary<string, string> texts) =>
        texts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (string[])[pair.Key, pair.Value]);

    private static string Lower(MlpTask task) => task switch
    {
        MlpTask.Multiclass => "multiclass classification",
        MlpTask.Binary => "binary classification",
        _ => "regression",
    };

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Four significant digits: the card is read, and compared, by people.</summary>
    private static string Figure(double number) => number.ToString("G4", CultureInfo.InvariantCulture);
}
