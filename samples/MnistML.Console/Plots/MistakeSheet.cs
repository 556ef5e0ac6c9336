using MnistML.Samples.Data;
using MnistML.Samples.Reports;

namespace MnistML.Samples.Plots;

/// <summary>The worst mistakes of a model: images to whose label it gave the least probability.</summary>
internal static class MistakeSheet
{
    private const int MaxMistakes = 50;

    /// <summary>Names up to this length have room for two of them in one line.</summary>
    private const int ShortName = 2;

    /// <summary>Writes the sheet, as SVG or PNG by the path's ending.</summary>
    /// <returns>False, and nothing is written, if there is no mistake.</returns>
    public static bool Write(string path, DigitImages images, IReadOnlyList<ScoredImage> scored)
    {
        var mistakes = scored.Where(image => image.Predicted != image.Label).OrderBy(image => image.LabelProbability).ToArray();
        if (mistakes.Length == 0)
        {
            return false;
        }

        var worst = mistakes.Take(MaxMistakes).ToArray();
        var title = mistakes.Length > worst.Length
            ? $"The worst {worst.Length} of {mistakes.Length:N0} mistakes"
            : $"All mistakes, {mistakes.Length} of {scored.Count:N0} images";
        var pictures = images.Read([.. worst.Select(image => image.Index)]);
        ImageSheet.Write(
            path,
            $"{title}: label → prediction, and the probability that it was given",
            [
                .. worst.Zip(
                    pictures, (image, picture) => SheetImage.OfInk(images.Height, picture.Pixels, CaptionOf(image, images.ClassNames))),
            ]);
        return true;
    }

    private static string[] CaptionOf(ScoredImage image, IReadOnlyList<string> names)
    {
        var (label, prediction) = (names[image.Label], names[image.Predicted]);
        return names.Max(name => name.Length) <= ShortName
            ? [$"{label} → {prediction}", $"{image.PredictedProbability:0.0 %}"]
            : [label, $"→ {prediction}", $"{image.PredictedProbability:0.0 %}"];
    }
}
