using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Samples.Reports;

/// <summary>What a model makes of an image.</summary>
/// <param name="Index">The image's zero-based index in the data set.</param>
/// <param name="Label">Its zero-based class.</param>
/// <param name="Predicted">The most probable class.</param>
/// <param name="PredictedProbability">The probability that the model gives it.</param>
/// <param name="LabelProbability">The probability that the model gives the label.</param>
internal readonly record struct ScoredImage(int Index, int Label, int Predicted, float PredictedProbability, float LabelProbability)
{
    /// <summary>Scores all images of a view that has labels.</summary>
    public static IReadOnlyList<ScoredImage> ReadAll(ITransformer model, IDataView view)
    {
        var scored = model.Transform(view);
        var (label, score) = (scored.Schema["Label"], scored.Schema["Score"]);
        using var cursor = scored.GetRowCursor([label, score]);
        var getLabel = cursor.GetGetter<uint>(label);
        var getScore = cursor.GetGetter<VBuffer<float>>(score);
        var images = new List<ScoredImage>();
        VBuffer<float> buffer = default;
        uint key = 0;
        for (var index = 0; cursor.MoveNext(); index++)
        {
            getLabel(ref key);
            getScore(ref buffer);
            var probabilities = buffer.GetValues();
            var predicted = 0;
            for (var candidate = 1; candidate < probabilities.Length; candidate++)
            {
                predicted = probabilities[candidate] > probabilities[predicted] ? candidate : predicted;
            }

            var classIndex = checked((int)key - 1); // a key's 0 is a missing value
            images.Add(new ScoredImage(index, classIndex, predicted, probabilities[predicted], probabilities[classIndex]));
        }

        return images;
    }
}
