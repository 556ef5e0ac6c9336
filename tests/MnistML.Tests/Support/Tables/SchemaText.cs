using System.Collections;
using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>A schema as lines of text, with every annotation's type and value, so that schemas compare whole.</summary>
internal static class SchemaText
{
    public static IReadOnlyList<string> Of(DataViewSchema schema) => [.. schema.SelectMany(Of)];

    /// <summary>The column, then its annotations by name.</summary>
    public static IReadOnlyList<string> Of(DataViewSchema.Column column) =>
    [
        $"{column.Name}: {column.Type}{(column.IsHidden ? " (hidden)" : "")}",
        .. column.Annotations.Schema.OrderBy(kind => kind.Name, StringComparer.Ordinal)
            .Select(kind => $"{column.Name}.{kind.Name}: {kind.Type} = {Value(column.Annotations, kind)}"),
    ];

    private static string Value(DataViewSchema.Annotations annotations, DataViewSchema.Column kind) =>
        (string)typeof(SchemaText).GetMethod(nameof(Read), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(kind.Type.RawType).Invoke(null, [annotations, kind.Name])!;

    private static string Read<T>(DataViewSchema.Annotations annotations, string kind)
    {
        T value = default!;
        annotations.GetValue(kind, ref value);
        return typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(VBuffer<>)
            ? string.Join(", ", ((IEnumerable)((dynamic)value!).DenseValues()).Cast<object>().Select(Text))
            : Text(value!);
    }

    private static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture)!;
}
