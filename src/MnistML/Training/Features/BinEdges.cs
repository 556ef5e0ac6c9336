namespace MnistML.Training.Features;

/// <summary>
/// Chooses where the bins of a feature begin and end: at its values where they are few, else at quantiles. A value in more rows than a bin
/// should hold has an edge of its own, and the other edges lie at quantiles of the other values, so that none is lost where a feature is
/// nearly always the same.
/// </summary>
internal static class BinEdges
{
    /// <summary>The edges, ascending; none where the feature has at most two values.</summary>
    /// <param name="sorted">The values, ascending, at least 1.</param>
    /// <param name="maxBins">The most bins, at least 1.</param>
    public static float[] Choose(float[] sorted, int maxBins)
    {
        var runs = Runs(sorted);
        if (runs.Count <= 2)
        {
            return [];
        }

        if (runs.Count <= maxBins + 1)
        {
            return Separate(runs.Select(run => run.Value));
        }

        var share = (double)sorted.Length / maxBins;
        float[] frequent = [.. runs.Where(run => run.Count > share).Select(run => run.Value)];
        var others = frequent.Length == 0 ? sorted : [.. runs.Where(run => run.Count <= share).SelectMany(run => run.Repeat())];
        return Separate(frequent.Concat(Quantiles(others, maxBins + 1 - frequent.Length)).Order());
    }

    private static List<Run> Runs(float[] sorted)
    {
        var runs = new List<Run>();
        foreach (var value in sorted)
        {
            if (runs.Count > 0 && runs[^1].Value == value)
            {
                runs[^1] = runs[^1] with { Count = runs[^1].Count + 1 };
            }
            else
            {
                runs.Add(new Run(value, Count: 1));
            }
        }

        return runs;
    }

    private static IEnumerable<float> Quantiles(float[] sorted, int count) => count < 2
        ? [sorted[0], sorted[^1]]
        : Enumerable.Range(0, count).Select(i => sorted[(int)Math.Round((double)i * (sorted.Length - 1) / (count - 1))]);

    /// <summary>Leaves out edges between which no float holds the slope, and halves what no float holds the length of.</summary>
    private static float[] Separate(IEnumerable<float> edges)
    {
        var result = new List<float>();
        foreach (var edge in edges)
        {
            if (result.Count > 0 && !float.IsFinite(edge - result[^1]))
            {
                result.Add((edge / 2) + (result[^1] / 2));
            }

            if (result.Count == 0 || (edge > result[^1] && float.IsFinite(1 / (edge - result[^1]))))
            {
                result.Add(edge);
            }
        }

        return result.Count < 2 ? [] : [.. result];
    }

    private readonly record struct Run(float Value, int Count)
    {
        public IEnumerable<float> Repeat() => Enumerable.Repeat(Value, Count);
    }
}
