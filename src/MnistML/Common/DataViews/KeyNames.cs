using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Common.DataViews;

/// <summary>The annotation <c>KeyValues</c>: the values that the keys of a column stand for.</summary>
internal static class KeyNames
{
    /// <summary>The annotation's name in ML.NET.</summary>
    public const string Annotation = "KeyValues";

    /// <summary>One string for each key, in the order of the keys; null if the column has no such annotation.</summary>
    public static string[]? Of(DataViewSchema.Column column)
    {
        var values = column.Annotations.Schema.GetColumnOrNull(Annotation);
        return values?.Type is not VectorDataViewType vector ? null : (string[])Invoke(nameof(Read), vector, column);
    }

    /// <summary>A column like another, with more keys at the end, which stand for what keys of a third column stand for.</summary>
    /// <param name="column">The column, of keys.</param>
    /// <param name="source">The third column.</param>
    /// <param name="keys">Zero-based indices of its keys.</param>
    /// <exception cref="ArgumentException">The keys of the two columns stand for values of different types.</exception>
    public static DataViewSchema.Column Append(DataViewSchema.Column column, DataViewSchema.Column source, IReadOnlyList<int> keys)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(column.Annotations, name => name != Annotation);
        var count = (int)((KeyDataViewType)column.Type).Count + keys.Count;
        if (column.Annotations.Schema.GetColumnOrNull(Annotation)?.Type is VectorDataViewType vector)
        {
            var found = (source.Annotations.Schema.GetColumnOrNull(Annotation)?.Type as VectorDataViewType)?.ItemType;
            if (!vector.ItemType.Equals(found))
            {
                throw new ArgumentException(
                    $"The classes of the initial model are {(found is null ? "without names" : $"of type {found}")}, "
                    + $"but the label column '{column.Name}' holds {vector.ItemType}, "
                    + "so that it can't be given classes of the model. Make the same pipeline for both.");
            }

            Invoke(nameof(AddValues), vector, annotations, column, source, keys);
        }

        var builder = new DataViewSchema.Builder();
        builder.AddColumn(column.Name, new KeyDataViewType(((KeyDataViewType)column.Type).RawType, count), annotations.ToAnnotations());
        return builder.ToSchema()[0];
    }

    private static string[] Read<TValue>(DataViewSchema.Column column) =>
        [.. ValuesOf<TValue>(column).Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)!)];

    private static object? AddValues<TValue>(
        DataViewSchema.Annotations.Builder annotations,
        DataViewSchema.Column column,
        DataViewSchema.Column source,
        IReadOnlyList<int> keys)
    {
        var ofSource = ValuesOf<TValue>(source);
        TValue[] values = [.. ValuesOf<TValue>(column), .. keys.Select(key => ofSource[key])];
        var itemType = ((VectorDataViewType)column.Annotations.Schema[Annotation].Type).ItemType;
        annotations.Add(
            Annotation,
            new VectorDataViewType(itemType, values.Length),
            (ref VBuffer<TValue> buffer) => buffer = new VBuffer<TValue>(values.Length, values));
        return null;
    }

    private static TValue[] ValuesOf<TValue>(DataViewSchema.Column column)
    {
        VBuffer<TValue> values = default;
        column.Annotations.GetValue(Annotation, ref values);
        return [.. values.DenseValues()];
    }

    /// <summary>Calls a method of this class with the type of the values.</summary>
    private static object Invoke(string method, VectorDataViewType values, params object[] arguments) =>
        typeof(KeyNames).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(values.ItemType.RawType)
            .Invoke(obj: null, BindingFlags.DoNotWrapExceptions, binder: null, arguments, culture: null)!;
}
