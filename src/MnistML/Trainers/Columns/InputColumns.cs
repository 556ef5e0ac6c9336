using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Common.DataViews;

namespace MnistML.Trainers.Columns;

/// <summary>The columns that a trainer reads, found in its input and checked as ML.NET's own trainers of the task do.</summary>
/// <param name="Features">A vector of Single of known length.</param>
/// <param name="Label">A key of type UInt32, a Boolean or a Single, as the task needs.</param>
/// <param name="Weight">A Single; null if rows have no weights.</param>
internal sealed record InputColumns(DataViewSchema.Column Features, DataViewSchema.Column Label, DataViewSchema.Column? Weight)
{
    public int FeatureCount => ((VectorDataViewType)Features.Type).Size;

    /// <summary>The label as the model names it: the data's own, unless the model keeps classes that the data does not have.</summary>
    public DataViewSchema.Column ModelLabel { get; init; } = Label;

    /// <summary>The number of the model's classes; 1 in regression, where all rows are alike.</summary>
    public int ClassCount => ModelLabel.Type switch
    {
        KeyDataViewType key => checked((int)key.Count),
        BooleanDataViewType => 2,
        _ => 1,
    };

    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not of its type.</exception>
    public static InputColumns Bind(DataViewSchema schema, MlpTrainingOptions options, IExceptionContext context)
    {
        var features = Find("feature", options.FeatureColumnName);
        if (features.Type is not VectorDataViewType { IsKnownSize: true } vector || vector.ItemType != NumberDataViewType.Single)
        {
            throw Mismatch("feature", features, "a vector of Single of known length; make one by mlContext.Transforms.Concatenate");
        }

        var label = Find("label", options.LabelColumnName);
        if (!IsOf(options.Task, label.Type))
        {
            throw Mismatch("label", label, ExpectedOf(options.Task));
        }

        if (label.Type is KeyDataViewType { Count: > int.MaxValue } key)
        {
            throw context.Process(new ArgumentOutOfRangeException(
                nameof(schema),
                $"The label column '{label.Name}' is a key of {key.Count} values, but at most {int.MaxValue} classes are possible; "
                + "make a key with one value for each class by mlContext.Transforms.Conversion.MapValueToKey, not by hashing."));
        }

        if (options.ExampleWeightColumnName is not { } weightName)
        {
            return new InputColumns(features, label, Weight: null);
        }

        var weight = Find("example weight", weightName);
        return weight.Type == NumberDataViewType.Single
            ? new InputColumns(features, label, weight)
            : throw Mismatch("example weight", weight, "a Single; make one by mlContext.Transforms.Conversion.ConvertType");

        DataViewSchema.Column Find(string role, string name) => schema.GetColumnOrNull(name) ?? throw context.Process(
            new ArgumentOutOfRangeException(
                nameof(schema),
                $"Could not find the {role} column '{name}'; the data has "
                + $"{string.Join(", ", schema.Select(column => $"'{column.Name}'"))}."));

        Exception Mismatch(string role, DataViewSchema.Column column, string expected) => context.Process(
            new ArgumentOutOfRangeException(
                nameof(schema), $"The {role} column '{column.Name}' is {column.Type}, but must be {expected}."));
    }

    private static bool IsOf(MlpTask task, DataViewType label) => task switch
    {
        MlpTask.Binary => label is BooleanDataViewType,
        MlpTask.Regression => label == NumberDataViewType.Single,
        _ => label is KeyDataViewType key && key.RawType == typeof(uint),
    };

    private static string ExpectedOf(MlpTask task) => task switch
    {
        MlpTask.Binary => "a Boolean; make one by mlContext.Transforms.Conversion.MapValue or ConvertType, "
            + "or use mlContext.MulticlassClassification for other labels",
        MlpTask.Regression => "a Single; make one by mlContext.Transforms.Conversion.ConvertType",
        _ => "a key of UInt32; make one by mlContext.Transforms.Conversion.MapValueToKey",
    };

    /// <summary>Refuses validation data whose schema differs from that of the training data.</summary>
    /// <exception cref="ArgumentException">Features or classes differ.</exception>
    public void ThrowIfOther(InputColumns validation)
    {
        if (validation.FeatureCount != FeatureCount || validation.ClassCount != ClassCount)
        {
            var (classes, ownClasses) = Label.Type is KeyDataViewType
                ? ($" and {validation.ClassCount} classes", $" and {ClassCount}")
                : ("", "");
            throw new ArgumentException(
                $"The validation data has {validation.FeatureCount} features{classes}, "
                + $"but the training data has {FeatureCount}{ownClasses}. "
                + "Both must come from one fitted pipeline.");
        }

        if (KeyNames.Of(Label) is { } names && KeyNames.Of(validation.Label) is { } others && !names.SequenceEqual(others))
        {
            throw new ArgumentException(
                $"The classes of the validation data are {string.Join(", ", others)}, but those of the training data "
                + $"{string.Join(", ", names)}, in the order of their keys. "
                + "Both must come from one fitted pipeline.");
        }
    }
}
