namespace MnistML.Benchmarks.Tabular;

/// <summary>One figure for each fold.</summary>
/// <param name="Values">In the order of the folds.</param>
internal sealed record FoldScores(IReadOnlyList<double> Values)
{
    public double Mean => Values.Average();

    /// <summary>The standard error of <see cref="Mean"/>: the folds' deviation (of a sample) over the root of their number.</summary>
    public double StandardError => Math.Sqrt(Values.Sum(value => (value - Mean) * (value - Mean)) / (Values.Count - 1) / Values.Count);

    /// <summary>Whether its mean is no lower than another's by more than that one's standard error.</summary>
    public bool IsWithinErrorOf(FoldScores other) => Mean >= other.Mean - other.StandardError;

    /// <summary>Whether it is no worse than another of the same folds by more than the standard error of their difference.</summary>
    public bool IsAsGoodAs(FoldScores other)
    {
        var differences = new FoldScores([.. Values.Zip(other.Values, (ours, theirs) => ours - theirs)]);
        return differences.Mean >= -differences.StandardError;
    }
}
