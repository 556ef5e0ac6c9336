namespace MnistML;

/// <summary>How a whole pipeline becomes an ONNX file.</summary>
public sealed record MlpOnnxExportOptions
{
    /// <summary>
    /// Columns of the pipeline's output that become outputs of the file, in this order. Null, the default, means every visible column that
    /// depends on a network: <c>PredictedLabel</c>, <c>Score</c>, <c>Probability</c> where there is one, and what later stages make of
    /// them.
    /// </summary>
    public IReadOnlyList<string>? OutputColumns { get; init; }

    /// <summary>
    /// By how much a number of the file may differ from ML.NET's on the sample data, relative to the larger of 1 and ML.NET's number; 1e-5
    /// by default. Above it nothing is written. Text, labels and whole numbers must be equal.
    /// </summary>
    public double MaxDeviation { get; init; } = 1e-5;

    /// <summary>How many rows of the sample data are compared, the first ones, at least 1; 1,000 by default.</summary>
    public int MaxSampleRows { get; init; } = 1_000;

    /// <exception cref="ArgumentException">Names every violation, one a line.</exception>
    internal void ThrowIfInvalid(string parameterName)
    {
        string[] found = [.. FindViolations().Select(violation => $"- {violation}")];
        if (found.Length > 0)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, ["These options can't be used:", .. found]), parameterName);
        }
    }

    private IEnumerable<string> FindViolations()
    {
        if (OutputColumns is { Count: 0 })
        {
            yield return $"{nameof(OutputColumns)} is empty, but must name a column, or be null.";
        }

        foreach (var name in OutputColumns?.GroupBy(name => name).Where(name => name.Count() > 1).Select(name => name.Key) ?? [])
        {
            yield return $"{nameof(OutputColumns)} names '{name}' more than once.";
        }

        if (!double.IsFinite(MaxDeviation) || MaxDeviation < 0)
        {
            yield return FormattableString.Invariant(
                $"{nameof(MaxDeviation)} is {MaxDeviation}, but must be a finite number of at least 0.");
        }

        if (MaxSampleRows < 1)
        {
            yield return FormattableString.Invariant($"{nameof(MaxSampleRows)} is {MaxSampleRows}, but must be at least 1.");
        }
    }
}
