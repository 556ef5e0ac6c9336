using MnistML.Network.Features;
using MnistML.Training.Choices;
using MnistML.Training.Options;
using MnistML.Training.Rows;

namespace MnistML.Training.Features;

/// <summary>Learns from the training rows how features are encoded.</summary>
internal static class EncoderFitting
{
    /// <summary>The encoder that the choices ask for; null where the network reads features as they are.</summary>
    /// <param name="choices">The scaling and the number of bins.</param>
    /// <param name="statistics">Means, deviations and a sample of the training rows.</param>
    /// <param name="given">The encoding of the model that the training begins with, whose columns are kept; null for none.</param>
    /// <param name="threadCount">The threads that may be used. The encoder does not depend on it.</param>
    public static FeatureEncoder? Fit(TrainingChoices choices, RowStatistics statistics, MlpEncoding? given, int threadCount)
    {
        var isQuantile = choices.FeatureScaling == MlpFeatureScaling.Quantile;
        var scale = statistics.ScaleFor(isQuantile ? MlpFeatureScaling.Standardize : choices.FeatureScaling);
        if (choices.Bins == 0 && !isQuantile)
        {
            return scale is null ? null : new FeatureEncoder(scale);
        }

        var sample = statistics.Sample!;
        var bins = new FeatureBins?[sample.FeatureCount];
        var givenEdges = given is null ? null : EdgesOf(given);
        var hasScore = HasScores(sample.FeatureCount, isQuantile, given);
        var maxBins = choices.Bins == 0 ? PiecewiseLinearEncoding.DefaultBins : choices.Bins;
        Parallel.For(0, bins.Length, new ParallelOptions { MaxDegreeOfParallelism = threadCount }, feature =>
        {
            var sorted = sample.Sorted(feature);
            var edges = givenEdges?[feature] ?? BinEdges.Choose(sorted, maxBins);
            if (edges.Length > 0)
            {
                bins[feature] = new FeatureBins(edges, MeansOf(edges, sorted), hasScore[feature] ? NormalScores.At(edges, sorted) : null);
            }
        });
        return new FeatureEncoder(scale ?? Unscaled(sample.FeatureCount), bins, hasBinInputs: choices.Bins > 0);
    }

    private static FeatureScale Unscaled(int featureCount) =>
        new(new double[featureCount], [.. Enumerable.Repeat(1.0, featureCount)]);

    /// <summary>Which features become scores: those whose own values are no columns of the encoding, if one is given.</summary>
    private static bool[] HasScores(int featureCount, bool isQuantile, MlpEncoding? given)
    {
        var result = new bool[featureCount];
        Array.Fill(result, given is not null || isQuantile);
        foreach (var column in given?.Columns.Where(column => !column.IsBin) ?? [])
        {
            result[column.Feature] = false;
        }

        return result;
    }

    private static float[][] EdgesOf(MlpEncoding encoding)
    {
        var edges = new float[encoding.FeatureCount][];
        Array.Fill(edges, []);
        foreach (var bins in encoding.Columns.Where(column => column.IsBin).GroupBy(column => column.Feature))
        {
            edges[bins.Key] = [.. bins.Select(bin => bin.Low), bins.Last().High];
        }

        return edges;
    }

    /// <summary>The mean of each bin over the values.</summary>
    private static float[] MeansOf(float[] edges, float[] sorted)
    {
        var sums = new double[edges.Length - 1];
        for (var bin = 0; bin < sums.Length; bin++)
        {
            double low = edges[bin], length = (double)edges[bin + 1] - low;
            foreach (var value in sorted)
            {
                sums[bin] += Math.Clamp((value - low) / length, 0, 1);
            }
        }

        return [.. sums.Select(sum => (float)(sum / sorted.Length))];
    }
}
