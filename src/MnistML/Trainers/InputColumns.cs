using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MnistML.Trainers;

/// <summary>The columns that a trainer reads, found in its input and checked as ML.NET's own multiclass trainers check theirs.</summary>
/// <param name="Features">A vector of Single of known length.</param>
/// <param name="Label">A key of type UInt32.</param>
internal sealed record InputColumns(DataViewSchema.Column Features, DataViewSchema.Column Label)
{
    public int FeatureCount => ((VectorDataViewType)Features.Type).Size;

    public int ClassCount => checked((int)((KeyDataViewType)Label.Type).Count);

    /// <exception cref="ArgumentOutOfRangeException">A column is missing, or not of its type.</exception>
    public static InputColumns Bind(DataViewSchema schema, MlpTrainer.Options options, IExceptionContext context)
    {
        var features = Find("feature", options.FeatureColumnName);
        if (features.Type is not VectorDataViewType { IsKnownSize: true } vector || vector.ItemType != NumberDataViewType.Single)
        {
            throw Mismatch("feature", features, "a vector of Single of known length; make one by mlContext.Transforms.Concatenate");
        }

        var label = Find("label", options.LabelColumnName);
        if (label.Type is not KeyDataViewType key || key.RawType != typeof(uint) || key.Count > int.MaxValue)
        {
            throw Mismatch("label", label, "a key of UInt32; make one by mlContext.Transforms.Conversion.MapValueToKey");
        }

        return new InputColumns(features, label);

        DataViewSchema.Column Find(string role, string name) => schema.GetColumnOrNull(name) ?? throw context.Process(
            new ArgumentOutOfRangeException(
                nameof(schema),
                $"Could not find the {role} column '{name}'; the data has {string.Join(", ", schema.Select(column => $"'{column.Name}'"))}."));

        Exception Mismatch(string role, DataViewSchema.Column column, string expected) => context.Process(
            new ArgumentOutOfRangeException(nameof(schema), $"The {role} column '{column.Name}' is {column.Type}, but must be {expected}."));
    }
}
