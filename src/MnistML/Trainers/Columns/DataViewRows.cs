using Microsoft.ML;
using Microsoft.ML.Runtime;
using MnistML.Training.Rows;

namespace MnistML.Trainers.Columns;

/// <summary>The rows of a view that have a label. Skipped rows are reported in the log.</summary>
/// <param name="view">The rows.</param>
/// <param name="columns">The columns to read.</param>
/// <param name="invalidFeatures">How rows with features that are NaN or infinite are treated.</param>
/// <param name="name">The name of the rows in messages.</param>
/// <param name="channel">The log.</param>
internal sealed class DataViewRows(IDataView view, InputColumns columns, MlpInvalidFeatures invalidFeatures, string name, IChannel channel)
    : IRowSource
{
    private bool _hasReported;

    public int FeatureCount => columns.FeatureCount;

    public int ClassCount => columns.ClassCount;

    public string Name => name;

    public IRowReader Open(ulong? shuffleSeed)
    {
        var wanted = columns.Weight is { } weight
            ? [columns.Features, columns.Label, weight] : (DataViewSchema.Column[])[columns.Features, columns.Label];
        // ML.NET's cursors accept only .NET's own generator.
        var random = shuffleSeed is { } seed && view.CanShuffle ? new Random((int)seed) : null;
        return new DataViewRowReader(view.GetRowCursor(wanted, random), columns, invalidFeatures, this);
    }

    /// <summary>Reports, after the first pass, how many rows were skipped.</summary>
    /// <exception cref="InvalidOperationException">No row is left.</exception>
    public void ReportSkipped(long rows, long withoutLabel, long withInvalidFeatures)
    {
        if (rows == withoutLabel + withInvalidFeatures)
        {
            throw new InvalidOperationException(
                rows == 0 ? $"The {name} has no rows."
                : withInvalidFeatures == 0 ? $"None of the {rows} rows of the {name} has a label in '{columns.Label.Name}'."
                : $"None of the {rows} rows of the {name} can be used: {withoutLabel} have no label, "
                + $"{withInvalidFeatures} a feature that is NaN or infinite.");
        }

        if (_hasReported)
        {
            return;
        }

        _hasReported = true;
        if (withoutLabel > 0)
        {
            channel.Warning(MessageSensitivity.None, $"Skipped {withoutLabel} of {rows} rows of the {name}: their label is missing.");
        }

        if (withInvalidFeatures > 0)
        {
            channel.Warning(
                MessageSensitivity.None, $"Skipped {withInvalidFeatures} of {rows} rows of the {name}: a feature is NaN or infinite.");
        }
    }
}
