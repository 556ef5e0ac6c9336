using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Common.DataViews;

/// <summary>Reads the annotation <c>SlotNames</c>: what the values of a vector column are called.</summary>
internal static class SlotNames
{
    /// <summary>The annotation's name in ML.NET.</summary>
    public const string Annotation = "SlotNames";

    /// <summary>The name of each slot; null unless each has one of its own.</summary>
    public static string[]? Of(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(Annotation)?.Type is not VectorDataViewType { ItemType: TextDataViewType })
        {
            return null;
        }

        VBuffer<ReadOnlyMemory<char>> values = default;
        column.Annotations.GetValue(Annotation, ref values);
        string[] names = [.. values.DenseValues().Select(name => name.ToString())];
        return names.Contains("") || names.Distinct().Count() < names.Length ? null : names;
    }
}
