using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Training;

namespace MnistML.Trainers;

/// <summary>Reads the rows of a view into a training set, in one pass.</summary>
internal sealed class TrainingSetReader(InputColumns columns, IChannel channel)
{
    /// <summary>Keys count from 1; this one says that the value is missing.</summary>
    private const uint MissingLabel = 0;

    /// <summary>Reads all rows that have a label. The caller owns the set.</summary>
    /// <exception cref="InvalidOperationException">No row has a label.</exception>
    /// <exception cref="FormatException">A feature is not a finite number.</exception>
    public TrainingSet Read(IDataView input, CancellationToken cancellationToken)
    {
        using var builder = new TrainingSetBuilder(columns.FeatureCount, columns.ClassCount, input.GetRowCount());
        using var cursor = input.GetRowCursor([columns.Features, columns.Label]);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(columns.Features);
        var getLabel = cursor.GetGetter<uint>(columns.Label);
        VBuffer<float> features = default;
        uint label = 0;
        long rows = 0;
        long skipped = 0;

        for (; cursor.MoveNext(); rows++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            getLabel(ref label);
            if (label == MissingLabel)
            {
                skipped++;
                continue;
            }

            getFeatures(ref features);
            ThrowIfNotFinite(features, rows);
            features.CopyTo(builder.AppendRow(label - 1));
        }

        if (rows == skipped)
        {
            throw new InvalidOperationException(rows == 0
                ? "The training data has no rows."
                : $"None of the {rows} rows of the training data has a label in '{columns.Label.Name}'.");
        }

        if (skipped > 0)
        {
            channel.Warning(MessageSensitivity.None, $"Skipped {skipped} of {rows} rows: their label is missing.");
        }

        return builder.Build();
    }

    private void ThrowIfNotFinite(in VBuffer<float> features, long row)
    {
        var values = features.GetValues();
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                var slot = features.IsDense ? i : features.GetIndices()[i];
                throw new FormatException(
                    $"The feature column '{columns.Features.Name}' holds {values[i]} in row {row} (zero-based), slot {slot}, but features must be "
                    + "finite numbers. Use mlContext.Transforms.ReplaceMissingValues, or drop such rows by mlContext.Data.FilterRowsByMissingValues.");
            }
        }
    }
}
