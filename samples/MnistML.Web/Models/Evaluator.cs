using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Web.Models;

/// <summary>Scores images whose labels are known, and counts.</summary>
internal static class Evaluator
{
    /// <summary>Enough to look at; a network that has learned little is wrong thousands of times.</summary>
    private const int MaxMistakesOfCell = 100;

    /// <param name="model">The network.</param>
    /// <param name="rows">A view with Features and Label, whose classes are those of the network.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Evaluation Evaluate(MlpTransformer model, IDataView rows, CancellationToken cancellationToken)
    {
        var classCount = model.Model.Architecture.OutputSize;
        int[][] confusion = [.. Enumerable.Range(0, classCount).Select(_ => new int[classCount])];
        var mistakes = new List<Mistake>();
        var scored = model.Transform(rows);
        var (label, score) = (scored.Schema["Label"], scored.Schema["Score"]);
        using var cursor = scored.GetRowCursor([label, score]);
        var (getLabel, getScore) = (cursor.GetGetter<uint>(label), cursor.GetGetter<VBuffer<float>>(score));
        var (key, probabilities, index) = (0u, default(VBuffer<float>), 0);
        for (; cursor.MoveNext(); index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            getLabel(ref key);
            getScore(ref probabilities);
            var values = probabilities.GetValues(); // stock scorers give dense ones
            var (actual, predicted) = ((int)key - 1, IndexOfLargest(values));
            confusion[actual][predicted]++;
            if (actual != predicted)
            {
                mistakes.Add(new Mistake(index, actual, predicted, values[predicted]));
            }
        }

        return new Evaluation
        {
            Count = index,
            Accuracy = index == 0 ? 0 : (double)Enumerable.Range(0, classCount).Sum(c => confusion[c][c]) / index,
            Confusion = confusion,
            Mistakes =
            [
                .. mistakes.GroupBy(mistake => (mistake.Label, mistake.Predicted))
                    .SelectMany(cell => cell.OrderByDescending(mistake => mistake.Probability).Take(MaxMistakesOfCell))
                    .OrderByDescending(mistake => mistake.Probability),
            ],
        };
    }

    public static int IndexOfLargest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            best = values[i] > values[best] ? i : best;
        }

        return best;
    }
}
