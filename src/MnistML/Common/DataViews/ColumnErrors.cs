using Microsoft.ML;

namespace MnistML.Common.DataViews;

/// <summary>Exceptions of rows and cursors for columns that cannot be read.</summary>
internal static class ColumnErrors
{
    /// <summary>The column was not requested when the cursor was created, or belongs to another schema.</summary>
    public static ArgumentOutOfRangeException NotActive(DataViewSchema.Column column) =>
        new(
            nameof(column),
            $"The column '{column.Name}' is not active in this cursor. Name it among the columns that GetRowCursor is asked for.");

    /// <summary>The column holds values of another type.</summary>
    public static InvalidOperationException OtherType<TValue>(DataViewSchema.Column column) =>
        new($"The column '{column.Name}' is read as {typeof(TValue)}, but it holds {column.Type.RawType}.");
}
