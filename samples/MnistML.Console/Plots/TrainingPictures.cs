using Microsoft.ML.Data;
using MnistML.Samples.Data;
using MnistML.Samples.Reports;

namespace MnistML.Samples.Plots;

/// <summary>
/// The pictures of a training: its epochs, its confusion matrix, its worst mistakes, and what its first layer looks for, in the first of
/// several networks.
/// </summary>
internal static class TrainingPictures
{
    /// <summary>Writes them into a folder, which is made.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="model">The trained network.</param>
    /// <param name="data">What it was trained and tested on.</param>
    /// <param name="confusion">Its confusion matrix on the test set.</param>
    /// <returns>The paths of the pictures. Weights and mistakes are left out where the data are no images, mistakes where there are
    /// none.</returns>
    public static IReadOnlyList<string> Write(string directory, MlpTransformer model, DigitData data, ConfusionMatrix confusion)
    {
        var written = new List<string>();
        TrainingPlot.WriteLoss(PathOf("loss.svg"), model.History);
        TrainingPlot.WriteAccuracy(PathOf("accuracy.svg"), model.History);
        ConfusionPlot.Write(PathOf("confusion.png"), confusion, DigitImages.ClassNamesOf(data.Test.Schema["Label"]));
        if (DigitImages.Find(data.Test) is { } images)
        {
            WeightSheet.Write(PathOf("weights.png"), model.Model.Members[0].Layers[0], images.Height, images.PixelDeviations());
            var mistakes = Path.Combine(directory, "mistakes.png");
            if (MistakeSheet.Write(mistakes, images, ScoredImage.ReadAll(model, data.Test)))
            {
                written.Add(mistakes);
            }
            else
            {
                File.Delete(mistakes); // of an earlier training
            }
        }

        return written;

        string PathOf(string name)
        {
            var path = Path.Combine(directory, name);
            written.Add(path);
            return path;
        }
    }
}
