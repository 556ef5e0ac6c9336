using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>What a model has predicted, read from a view.</summary>
internal static class Predictions
{
    public static IReadOnlyList<float[]> Scores(IDataView view) => [.. view.GetColumn<float[]>("Score")];

    public static IReadOnlyList<uint> Keys(IDataView view) => [.. view.GetColumn<uint>("PredictedLabel")];

    /// <summary>Each row's key and the bits of its scores.</summary>
    public static IReadOnlyList<string> Bits(IDataView view) => [.. Keys(view).Zip(Scores(view), Bits)];

    public static string Bits(uint key, float[] scores) => $"{key}: {string.Join(' ', scores.Select(BitConverter.SingleToUInt32Bits))}";
}
