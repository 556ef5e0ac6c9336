using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common;
using MnistML.Network.Losses;
using MnistML.Training.Rows;
using static System.FormattableString;

namespace MnistML.Trainers.Columns;

/// <summary>One pass over a view's rows. It owns the cursor.</summary>
internal sealed class DataViewRowReader : IRowReader
{
    private readonly DataViewRowCursor _cursor;
    private readonly InputColumns _columns;
    private readonly MlpInvalidFeatures _invalidFeatures;
    private readonly DataViewRows _rows;
    private readonly ValueGetter<VBuffer<float>> _getFeatures;
    private readonly LabelReader _labels;
    private readonly ValueGetter<float>? _getWeight;
    private VBuffer<float> _features;
    private long _rowCount;
    private long _withoutLabel;
    private long _withInvalidFeatures;

    public DataViewRowReader(DataViewRowCursor cursor, InputColumns columns, MlpInvalidFeatures invalidFeatures, DataViewRows rows)
    {
        _cursor = cursor;
        _columns = columns;
        _invalidFeatures = invalidFeatures;
        _rows = rows;
        _getFeatures = cursor.GetGetter<VBuffer<float>>(columns.Features);
        _labels = LabelReader.Create(cursor, columns.Label);
        _getWeight = columns.Weight is { } weight ? cursor.GetGetter<float>(weight) : null;
    }

    public bool Read(out RowFeatures features, out Target target)
    {
        for (; _cursor.MoveNext(); _rowCount++)
        {
            if (_labels.Read() is not { } label)
            {
                _withoutLabel++;
                continue;
            }

            _getFeatures(ref _features);
            if (_features.Length != _columns.FeatureCount)
            {
                throw new FormatException(
                    $"The feature column '{_columns.Features.Name}' of the {_rows.Name} has {_features.Length} values in row {_rowCount} "
                    + $"(zero-based), but its type says that each row has {_columns.FeatureCount}. "
                    + "Give each row that many, or skip such rows by mlContext.Data.FilterByCustomPredicate.");
            }

            if (FindInvalidFeature() is { } slot)
            {
                if (_invalidFeatures == MlpInvalidFeatures.Throw)
                {
                    throw InvalidFeature(slot);
                }

                _withInvalidFeatures++;
                continue;
            }

            features = new RowFeatures(_features.Length, _features.GetValues(), _features.IsDense ? [] : _features.GetIndices());
            target = label with { Value = Checked(label.Value), Weight = ReadWeight() };
            _rowCount++;
            return true;
        }

        _rows.ReportSkipped(_rowCount, _withoutLabel, _withInvalidFeatures);
        features = default;
        target = default;
        return false;
    }

    public void Dispose() => _cursor.Dispose();

    private float Checked(float label) => float.IsFinite(label) ? label : throw new FormatException(
        Invariant($"The label column '{_columns.Label.Name}' of the {_rows.Name} holds {label} in row {_rowCount} (zero-based), ")
        + "but labels must be finite, or NaN for a missing one. Leave such rows out by mlContext.Data.FilterByCustomPredicate.");

    private float ReadWeight()
    {
        float weight = 1;
        _getWeight?.Invoke(ref weight);
        return float.IsFinite(weight) && weight >= 0 ? weight : throw new FormatException(
            Invariant($"The example weight column '{_columns.Weight!.Value.Name}' of the {_rows.Name} holds {weight} ")
            + $"in row {_rowCount} (zero-based), but weights must be finite and at least 0.");
    }

    private int? FindInvalidFeature()
    {
        var values = _features.GetValues();
        if (AreFinite(values))
        {
            return null;
        }

        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                return _features.IsDense ? i : _features.GetIndices()[i];
            }
        }

        return null;
    }

    /// <summary>
    /// Vectorised: a value that is not finite gives NaN when multiplied by 0, and a sum with NaN is NaN.
    /// </summary>
    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        var sums = Vector<float>.Zero;
        foreach (var vector in vectors)
        {
            sums += vector * Vector<float>.Zero;
        }

        var sum = Vector.Sum(sums);
        foreach (var value in values[(vectors.Length * Vector<float>.Count)..])
        {
            sum += value * 0;
        }

        return sum == 0;
    }

    private FormatException InvalidFeature(int slot)
    {
        var value = _features.GetItemOrDefault(slot);
        return new FormatException(
            Invariant($"The feature column '{_columns.Features.Name}' of the {_rows.Name} holds {value} ")
            + $"in row {_rowCount} (zero-based), slot {slot}, but features must be finite numbers. "
            + "Use mlContext.Transforms.ReplaceMissingValues, drop such rows by mlContext.Data.FilterRowsByMissingValues, "
            + $"or leave them out by {nameof(MlpTrainingOptions.InvalidFeatures)} = SkipRow.");
    }
}
