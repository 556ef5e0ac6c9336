using MnistML.Common;

namespace MnistML;

/// <summary>
/// How a trained network encodes features before its first layer: a list of columns, each a feature itself or a bin of one, learned from
/// the training rows (<see cref="MlpFeatureEncoding.PiecewiseLinear"/>). Columns of features come before those of bins.
/// </summary>
public sealed record MlpEncoding
{
    private readonly ValueList<MlpEncodedColumn> _columns;

    /// <exception cref="ArgumentException">A column is none; the message says which.</exception>
    internal MlpEncoding(int featureCount, IEnumerable<MlpEncodedColumn> columns)
    {
        FeatureCount = featureCount;
        _columns = [.. columns];
        ValueCount = _columns.TakeWhile(column => !column.IsBin).Count();
        for (var i = 0; i < _columns.Count; i++)
        {
            var column = _columns[i];
            var isColumn = column.IsBin
                ? column.Low < column.High && float.IsFinite(column.Low) && float.IsFinite(column.High) && float.IsFinite(column.Slope)
                : i < ValueCount && column.High == float.PositiveInfinity;
            if (!isColumn || column.Feature < 0 || column.Feature >= featureCount)
            {
                throw new ArgumentException(
                    FormattableString.Invariant(
                        $"column {i} of the encoding is feature {column.Feature} from {column.Low:R} to {column.High:R}, ")
                    + $"but must be one of {featureCount} features, from a number to a greater one, and bins come last");
            }
        }
    }

    /// <summary>Number of features.</summary>
    public int FeatureCount { get; }

    /// <summary>The columns, in the order of the first layer's inputs.</summary>
    public IReadOnlyList<MlpEncodedColumn> Columns => _columns;

    /// <summary>The number of columns that are features themselves; they come first.</summary>
    internal int ValueCount { get; }

    /// <summary>Computes the columns of one row.</summary>
    /// <param name="features">The row's features.</param>
    /// <param name="columns">Receives the value of each column.</param>
    /// <exception cref="ArgumentException">A span has another length.</exception>
    public void Encode(ReadOnlySpan<float> features, Span<float> columns)
    {
        if (features.Length != FeatureCount || columns.Length != _columns.Count)
        {
            throw new ArgumentException(
                $"There are {features.Length} features and room for {columns.Length} columns, but the encoding makes {_columns.Count} "
                + $"columns from {FeatureCount} features.");
        }

        for (var i = 0; i < columns.Length; i++)
        {
            var column = _columns[i];
            var value = features[column.Feature];
            columns[i] = column.IsBin ? Math.Clamp((value - column.Low) / (column.High - column.Low), 0, 1) : value;
        }
    }
}
