using SkiaSharp;

namespace MnistML.Samples.Plots;

/// <summary>What units of the first layer look for: their weights as images, blue for ink that they want, red for ink that they don't.</summary>
internal static class WeightSheet
{
    private const int MostUnits = 50;

    private static readonly SKColor Positive = new(0x21, 0x66, 0xAC);
    private static readonly SKColor Negative = new(0xB2, 0x18, 0x2B);

    /// <summary>Writes the units with the largest weights, by their Euclidean norm, since those move the network most.</summary>
    /// <param name="path">Where to, .svg or .png.</param>
    /// <param name="layer">The first layer: an input for each pixel.</param>
    /// <param name="imageHeight">The images' height in pixels.</param>
    public static void Write(string path, MlpLayerParameters layer, int imageHeight)
    {
        var size = layer.Shape.InputSize;
        var units = Enumerable.Range(0, layer.Shape.OutputSize).OrderByDescending(unit => NormOf(WeightsOf(layer, unit))).Take(MostUnits).ToArray();
        var title = $"First layer: the {units.Length} of {layer.Shape.OutputSize} units with the largest weights. Blue: ink here raises the unit; red: lowers it";
        ImageSheet.Write(path, title, [.. units.Select(unit => new SheetImage(imageHeight, ColorsOf(WeightsOf(layer, unit)), $"{unit}"))]);
    }

    private static ReadOnlySpan<float> WeightsOf(MlpLayerParameters layer, int unit) =>
        layer.Weights.Span.Slice(unit * layer.Shape.InputSize, layer.Shape.InputSize);

    private static double NormOf(ReadOnlySpan<float> weights)
    {
        var sum = 0.0;
        foreach (var weight in weights)
        {
            sum += (double)weight * weight;
        }

        return Math.Sqrt(sum);
    }

    /// <summary>Each unit by its own largest weight: 0 is white.</summary>
    private static SKColor[] ColorsOf(ReadOnlySpan<float> weights)
    {
        var largest = 0f;
        foreach (var weight in weights)
        {
            largest = Math.Max(largest, Math.Abs(weight));
        }

        var colors = new SKColor[weights.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            var depth = largest > 0 ? Math.Abs(weights[i]) / largest : 0;
            colors[i] = PlotColors.Blend(weights[i] > 0 ? Positive : Negative, depth);
        }

        return colors;
    }
}
