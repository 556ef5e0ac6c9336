using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Scoring;

/// <summary>The values that a key column stands for, as texts.</summary>
internal static class KeyNames
{
    private const string KeyValues = "KeyValues";

    /// <summary>One text for each key, in their order; null if the column has no <c>KeyValues</c>.</summary>
    public static string[]? Of(DataViewSchema.Column column)
    {
        var values = column.Annotations.Schema.GetColumnOrNull(KeyValues);
        return values?.Type is not VectorDataViewType vector
            ? null
            : (string[])typeof(KeyNames).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(vector.ItemType.RawType).Invoke(null, [column])!;
    }

    private static string[] Read<TValue>(DataViewSchema.Column column)
    {
        VBuffer<TValue> values = default;
        column.Annotations.GetValue(KeyValues, ref values);
        return [.. values.DenseValues().Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)!)];
    }
}
