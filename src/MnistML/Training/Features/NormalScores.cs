namespace MnistML.Training.Features;

/// <summary>
/// The normal score of a feature at the edges of its bins: the quantile of the standard normal distribution at the value's rank. Ranks are
/// kept within 0.001 and 0.999, and scores are made to have mean 0 and deviation 1 over the rows.
/// </summary>
internal static class NormalScores
{
    private const double LeastRank = 0.001;

    /// <param name="sorted">The feature's values, ascending.</param>
    /// <param name="edges">The edges, ascending.</param>
    public static float[] At(float[] edges, float[] sorted)
    {
        double[] scores = [.. edges.Select(edge => QuantileAt(Math.Clamp(RankOf(edge, sorted), LeastRank, 1 - LeastRank)))];
        var (sum, squares, bin) = (0.0, 0.0, 0);
        foreach (var value in sorted)
        {
            while (bin < edges.Length - 2 && value > edges[bin + 1])
            {
                bin++;
            }

            var part = Math.Clamp(((double)value - edges[bin]) / ((double)edges[bin + 1] - edges[bin]), 0, 1);
            var score = scores[bin] + (part * (scores[bin + 1] - scores[bin]));
            sum += score;
            squares += score * score;
        }

        var mean = sum / sorted.Length;
        var deviation = Math.Sqrt(Math.Max((squares / sorted.Length) - (mean * mean), 0));
        return [.. scores.Select(score => (float)((score - mean) / (deviation > 0 ? deviation : 1)))];
    }

    /// <summary>The share of values below, with half of those that are equal.</summary>
    private static double RankOf(float value, float[] sorted) =>
        (CountBelow(value, sorted) + CountBelow(MathF.BitIncrement(value), sorted)) / (2.0 * sorted.Length);

    private static int CountBelow(float value, float[] sorted)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sorted[middle] < value ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>
    /// The quantile of the standard normal distribution, by P. J. Acklam's rational approximation (2003), whose relative error is at most
    /// 1.15E-9.
    /// </summary>
    /// <param name="p">Above 0 and below 1.</param>
    public static double QuantileAt(double p)
    {
        const double LowerRegion = 0.02425;
        if (p > 0.5)
        {
            return -QuantileAt(1 - p);
        }

        if (p < LowerRegion)
        {
            var q = Math.Sqrt(-2 * Math.Log(p));
            return Polynomial(
                    q, -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838, -2.549732539343734, 4.374664141464968,
                    2.938163982698783)
                / Polynomial(q, 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996, 3.754408661907416, 1);
        }

        var centred = p - 0.5;
        var square = centred * centred;
        return centred
            * Polynomial(
                square, -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
                -3.066479806614716e+01, 2.506628277459239)
            / Polynomial(
                square, -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
                -1.328068155288572e+01, 1);
    }

    private static double Polynomial(double x, params ReadOnlySpan<double> coefficients)
    {
        var value = 0.0;
        foreach (var coefficient in coefficients)
        {
            value = (value * x) + coefficient;
        }

        return value;
    }
}
