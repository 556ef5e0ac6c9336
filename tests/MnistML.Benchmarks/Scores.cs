using System.Globalization;

namespace MnistML.Benchmarks;

/// <summary>One figure for each fold of a cross-validation, or for each seed.</summary>
/// <param name="Values">In the order of the folds or seeds.</param>
internal sealed record Scores(IReadOnlyList<double> Values)
{
    public double Mean => Values.Average();

    /// <summary>
    /// The standard error of <see cref="Mean"/>: the sample's standard deviation over the square root of the number of values. It is NaN
    /// for a single value.
    /// </summary>
    public double StandardError => Math.Sqrt(Values.Sum(value => (value - Mean) * (value - Mean)) / (Values.Count - 1) / Values.Count);

    /// <summary>Whether its mean is no lower than another's by more than that one's standard error.</summary>
    public bool IsWithinErrorOf(Scores other) => Mean >= other.Mean - other.StandardError;

    /// <summary>Whether it is no worse than another of the same folds by more than the standard error of their difference.</summary>
    public bool IsAsGoodAs(Scores other)
    {
        var differences = Minus(other);
        return differences.Mean >= -differences.StandardError;
    }

    /// <summary>The differences to another of the same folds or seeds.</summary>
    public Scores Minus(Scores other) => new([.. Values.Zip(other.Values, (mine, theirs) => mine - theirs)]);

    /// <summary>As a difference of accuracies, in points of a hundred.</summary>
    public string ToPoints()
    {
        var mean = string.Create(CultureInfo.InvariantCulture, $"{100 * Mean,6:+0.00;-0.00;0.00}");
        return Values.Count > 1 ? mean + string.Create(CultureInfo.InvariantCulture, $" ± {100 * StandardError:F2}") : mean;
    }
}
