using MnistML.Training.Choices;
using MnistML.Training.Sampling;

namespace MnistML.Training.Features;

/// <summary>
/// Tells what features are like. Images have at least 64 features, at most 256 different values but more than two, and neighbours that are
/// alike: a mean correlation above 0.15. Sparse text has at least 1,000 features, of which at least 95 % of values are zero. All else
/// is a table.
/// </summary>
internal static class FeatureKinds
{
    private const int MinPixels = 64;
    private const int MaxGreyValues = 256;
    private const double MinCorrelation = 0.15;
    private const int MinWords = 1_000;
    private const double MinZeros = 0.95;

    /// <summary>More rows than this say nothing new.</summary>
    private const int MaxRows = 1_000;

    public static FeatureKind Of(RowSample sample)
    {
        if (sample.FeatureCount >= MinWords && sample.ShareOfZeros(MaxRows) >= MinZeros)
        {
            return FeatureKind.SparseText;
        }

        float[][] rows = [.. sample.Rows.Take(MaxRows)];
        return sample.FeatureCount >= MinPixels && HasGreyValues(rows) && MeanCorrelation(rows) > MinCorrelation
            ? FeatureKind.Images
            : FeatureKind.Table;
    }

    /// <summary>The number of features of more than two values, which are those that bins are for.</summary>
    public static int CountOfManyValued(RowSample sample) => Enumerable.Range(0, sample.FeatureCount).Count(feature =>
    {
        var first = sample.Rows[0][feature];
        var second = sample.Rows.Select(row => row[feature]).FirstOrDefault(value => value != first, first);
        return sample.Rows.Any(row => row[feature] != first && row[feature] != second);
    });

    private static bool HasGreyValues(float[][] rows)
    {
        var values = new HashSet<float>();
        foreach (var row in rows)
        {
            values.UnionWith(row);
            if (values.Count > MaxGreyValues)
            {
                return false;
            }
        }

        return values.Count > 2;
    }

    /// <summary>The mean correlation of each feature with the next, over the pairs in which both vary.</summary>
    private static double MeanCorrelation(float[][] rows)
    {
        var (sum, count) = (0.0, 0);
        for (var feature = 1; feature < rows[0].Length; feature++)
        {
            var correlation = Correlation(rows, feature - 1, feature);
            (sum, count) = double.IsFinite(correlation) ? (sum + correlation, count + 1) : (sum, count);
        }

        return count == 0 ? 0 : sum / count;
    }

    private static double Correlation(float[][] rows, int left, int right)
    {
        var (meanLeft, meanRight) = (rows.Average(row => (double)row[left]), rows.Average(row => (double)row[right]));
        var (product, squareLeft, squareRight) = (0.0, 0.0, 0.0);
        foreach (var row in rows)
        {
            var (x, y) = (row[left] - meanLeft, row[right] - meanRight);
            product += x * y;
            squareLeft += x * x;
            squareRight += y * y;
        }

        return product / Math.Sqrt(squareLeft * squareRight);
    }
}
