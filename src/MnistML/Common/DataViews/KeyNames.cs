using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Common.DataViews;

/// <summary>Reads the annotation <c>KeyValues</c>: the values that the keys of a column stand for.</summary>
internal static class KeyNames
{
    /// <summary>The annotation's name in ML.NET.</summary>
    public const string Annotation = "KeyValues";

    /// <summary>One string for each key, in the order of the keys; null if the column has no such annotation.</summary>
    public static string[]? Of(DataViewSchema.Column column)
    {
        var values = column.Annotations.Schema.GetColumnOrNull(Annotation);
        return values?.Type is not VectorDataViewType vector
            ? null
            : (string[])typeof(KeyNames).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(vector.ItemType.RawType)
                .Invoke(obj: null, BindingFlags.DoNotWrapExceptions, binder: null, [column], culture: null)!;
    }

    private static string[] Read<TValue>(DataViewSchema.Column column)
    {
        VBuffer<TValue> values = default;
        column.Annotations.GetValue(Annotation, ref values);
        return [.. values.DenseValues().Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)!)];
    }
}
