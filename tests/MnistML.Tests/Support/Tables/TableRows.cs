using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>Views of one column, <c>Items</c>, or of <c>Features</c> and labels, of any type.</summary>
internal static class TableRows
{
    /// <summary>A vector of that shape in each row.</summary>
    public static IDataView Of<T>(MLContext mlContext, int[] shape, IEnumerable<T[]> rows)
        where T : unmanaged =>
            Of(mlContext, rows.Select(row => new Row<T[]> { Items = row }), new VectorDataViewType(NumberType<T>(), shape));

    /// <summary>A number in each row.</summary>
    public static IDataView OfPlain<T>(MLContext mlContext, params T[] rows)
        where T : unmanaged => Of(mlContext, rows.Select(row => new Row<T> { Items = row }), type: null);

    /// <summary>Anything in each row; a null type is the one that ML.NET gives it.</summary>
    public static IDataView Of<T>(MLContext mlContext, IEnumerable<Row<T>> rows, DataViewType? type)
    {
        var schema = SchemaDefinition.Create(typeof(Row<T>));
        schema["Items"].ColumnType = type ?? schema["Items"].ColumnType;
        return mlContext.Data.LoadFromEnumerable(rows, schema);
    }

    /// <summary>A row for each label; a null type is the one that ML.NET gives it.</summary>
    public static IDataView WithLabels<T>(MLContext mlContext, DataViewType? labelType, params T[] labels)
    {
        var schema = SchemaDefinition.Create(typeof(LabelledRow<T>));
        schema["Label"].ColumnType = labelType ?? schema["Label"].ColumnType;

        // ML.NET reads a key's property zero-based.
        return mlContext.Data.LoadFromEnumerable(labels.Select(label => new LabelledRow<T> { Label = label }), schema);
    }

    private static PrimitiveDataViewType NumberType<T>() =>
        ((VectorDataViewType)SchemaDefinition.Create(typeof(Row<T[]>))["Items"].ColumnType).ItemType;
}

/// <summary>A row of one column.</summary>
internal sealed class Row<T>
{
    public T Items { get; set; } = default!;
}

/// <summary>A row with a label.</summary>
internal sealed class LabelledRow<T>
{
    [VectorType(1)]
    public float[] Features { get; set; } = [0.5f];

    public T Label { get; set; } = default!;
}
