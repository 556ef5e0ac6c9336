using System.Globalization;
using Microsoft.ML.Data;
using MnistML.OnnxExport.Conversion;

namespace MnistML.OnnxExport.Verification;

/// <summary>The largest difference between ONNX and ML.NET in a column.</summary>
/// <param name="Deviation">Relative to the larger of 1 and ML.NET's number; infinite where texts, labels or whole numbers differ.</param>
/// <param name="Row">The zero-based row.</param>
/// <param name="Item">The zero-based item within the row.</param>
/// <param name="Found">What ONNX gives.</param>
/// <param name="Expected">What ML.NET gives.</param>
internal readonly record struct Difference(double Deviation, int Row, int Item, object Found, object Expected)
{
    /// <summary>Compares some rows.</summary>
    /// <param name="found">The items that ONNX Runtime gave for them.</param>
    /// <param name="expected">The column of ML.NET.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="isIndex">Whether ONNX has zero-based indices in the place of keys.</param>
    public static Difference Of(object[] found, ColumnBuffer expected, RowRange rows, bool isIndex)
    {
        var (start, count) = rows;
        if (found.Length != count * expected.Width)
        {
            return new Difference(double.PositiveInfinity, start, Item: 0, $"{found.Length} items", $"{count * expected.Width} items");
        }

        var largest = new Difference(-1, start, Item: 0, "", "");
        for (var i = 0; i < found.Length; i++)
        {
            var (row, item) = (start + (i / expected.Width), i % expected.Width);
            var value = expected.At(row, item);
            value = isIndex ? Convert.ToInt64(value, CultureInfo.InvariantCulture) - 1 : value;
            var deviation = Deviate(found[i], value);
            if (deviation > largest.Deviation)
            {
                largest = new Difference(deviation, row, item, found[i], value);
            }
        }

        return largest;
    }

    /// <summary>Whether ONNX has zero-based indices for a column of the pipeline's output.</summary>
    public static bool IsIndex(ColumnBuffer output) => PipelineConverter.IsKey(output.Column.Type);

    /// <summary>The difference in a message.</summary>
    public string Describe(ColumnBuffer column)
    {
        var item = column.Column.Type is VectorDataViewType ? FormattableString.Invariant($", item {Item}") : "";
        var deviation = double.IsFinite(Deviation) ? FormattableString.Invariant($", a deviation of {Deviation:0.0e+0}") : "";
        return FormattableString.Invariant(
            $"'{column.Column.Name}' is {Text(Found)} in row {Row}{item}, and {Text(Expected)} in ML.NET{deviation}");
    }

    private static string Text(object value) =>
        value is string text ? $"'{text}'" : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static double Deviate(object found, object expected)
    {
        if (expected is not (float or double) || found is string)
        {
            return Equals(found, expected) || (found is not string && expected is not string && Number(found) == Number(expected))
                ? 0
                : double.PositiveInfinity;
        }

        var (x, y) = (Number(found), Number(expected));
        return x.Equals(y) ? 0
            : double.IsNaN(x) || double.IsNaN(y) || double.IsInfinity(x) || double.IsInfinity(y) ? double.PositiveInfinity
            : Math.Abs(x - y) / Math.Max(1, Math.Abs(y));
    }

    private static double Number(object value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);
}
