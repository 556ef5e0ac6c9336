using SkiaSharp;

namespace MnistML.Samples.Plots;

/// <summary>
/// What units of the first layer look for: an image for each, blue for ink that raises the unit, red for ink that lowers it.
/// </summary>
/// <remarks>
/// A weight is shown times its pixel's standard deviation, which is what it moves the unit by in a usual image. Weights by themselves would
/// show a few pixels at the rim, which have ink in a handful of images: they are large since such a pixel is scaled up in training.
/// </remarks>
internal static class WeightSheet
{
    private const int MaxUnits = 50;

    private static readonly SKColor Positive = new(0x21, 0x66, 0xAC);
    private static readonly SKColor Negative = new(0xB2, 0x18, 0x2B);

    /// <summary>Writes the units that vary most from image to image, by the Euclidean norm of what is shown of them.</summary>
    /// <param name="path">The file to write, .svg or .png.</param>
    /// <param name="layer">The first layer: an input for each pixel.</param>
    /// <param name="imageHeight">The images' height in pixels.</param>
    /// <param name="deviations">The standard deviation of each pixel.</param>
    public static void Write(string path, MlpLayerParameters layer, int imageHeight, IReadOnlyList<double> deviations)
    {
        var units = Enumerable.Range(0, layer.Shape.OutputSize)
            .Select(unit => (Unit: unit, Effects: EffectsOf(layer, unit, deviations)))
            .OrderByDescending(unit => unit.Effects.Sum(effect => effect * effect))
            .Take(MaxUnits)
            .ToArray();
        var title =
            $"First layer: the {units.Length} of {layer.Shape.OutputSize} units that vary most, weight × spread of the pixel. Blue: ink "
            + "raises the unit; red: lowers it";
        ImageSheet.Write(path, title, [.. units.Select(unit => new SheetImage(imageHeight, ColorsOf(unit.Effects), $"{unit.Unit}"))]);
    }

    private static double[] EffectsOf(MlpLayerParameters layer, int unit, IReadOnlyList<double> deviations)
    {
        var weights = layer.Weights.Span.Slice(unit * layer.Shape.InputSize, layer.Shape.InputSize);
        var effects = new double[weights.Length];
        for (var i = 0; i < effects.Length; i++)
        {
            effects[i] = weights[i] * deviations[i];
        }

        return effects;
    }

    /// <summary>Each unit by its own largest effect: 0 is white.</summary>
    private static SKColor[] ColorsOf(double[] effects)
    {
        var largest = Math.Max(effects.Max(Math.Abs), double.Epsilon);
        return [.. effects.Select(effect => PlotColors.Blend(effect > 0 ? Positive : Negative, Math.Abs(effect) / largest))];
    }
}
