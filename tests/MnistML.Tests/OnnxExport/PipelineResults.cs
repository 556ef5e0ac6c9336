using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Tests.OnnxExport;

/// <summary>
/// Columns of predictions in one form, all values of all rows: numbers as double, texts, and keys as what they stand for.
/// </summary>
internal static class PipelineResults
{
    /// <summary>What ML.NET gives.</summary>
    public static object[] OfMlNet(MLContext mlContext, ITransformer model, IDataView data, string column)
    {
        var scored = model.Transform(data);
        var found = scored.Schema[column];
        if (found.Type is KeyDataViewType)
        {
            scored = mlContext.Transforms.Conversion.MapKeyToValue(column).Fit(scored).Transform(scored);
            found = scored.Schema[column];
        }

        return found.Type switch
        {
            VectorDataViewType => [.. scored.GetColumn<float[]>(column).SelectMany(row => row).Select(Normalize)],
            TextDataViewType => [.. scored.GetColumn<string>(column)],
            BooleanDataViewType => [.. scored.GetColumn<bool>(column).Cast<object>()],
            _ when found.Type.RawType == typeof(int) => [.. scored.GetColumn<int>(column).Select(value => (object)(double)value)],
            _ => [.. scored.GetColumn<float>(column).Select(Normalize)],
        };
    }

    /// <summary>A value that ONNX Runtime gave, in the same form.</summary>
    public static object Normalize<T>(T value) => value switch
    {
        string or bool => value,
        ReadOnlyMemory<char> text => text.ToString(),
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture),
    };

    /// <summary>Labels and texts must be equal; numbers within 1e-5, relative to the larger of 1 and what is expected.</summary>
    public static void AssertAlike(object[] found, object[] expected, string column)
    {
        Assert.That(found, Has.Length.EqualTo(expected.Length), column);
        var differing = Enumerable.Range(0, found.Length).Where(i => !AreAlike(found[i], expected[i])).ToArray();
        Assert.That(differing.Select(i => $"{column}, value {i}: {found[i]} for {expected[i]}"), Is.Empty);
    }

    private static bool AreAlike(object found, object expected) =>
        found is double x && expected is double y
            ? x.Equals(y) || Math.Abs(x - y) <= 1e-5 * Math.Max(1, Math.Abs(y))
            : Equals(found, expected);
}
