using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Network.Losses;

namespace MnistML.Trainers.Columns;

/// <summary>Reads the label of a cursor's row, whatever the task.</summary>
internal abstract class LabelReader
{
    /// <summary>A reader of a label column, by the column's type.</summary>
    /// <param name="cursor">The rows.</param>
    /// <param name="label">The column, of the type that the task needs.</param>
    public static LabelReader Create(DataViewRowCursor cursor, DataViewSchema.Column label) => label.Type switch
    {
        BooleanDataViewType => new OfBoolean(cursor.GetGetter<bool>(label)),
        NumberDataViewType => new OfNumber(cursor.GetGetter<float>(label)),
        _ => new OfKey(cursor.GetGetter<uint>(label)),
    };

    /// <summary>Reads the label of the current row; null if it is missing. The weight of the target is 1.</summary>
    public abstract Target? Read();

    private sealed class OfKey(ValueGetter<uint> get) : LabelReader
    {
        /// <summary>Keys count from 1; this one says that the value is missing.</summary>
        private const uint Missing = 0;

        public override Target? Read()
        {
            uint label = 0;
            get(ref label);
            return label == Missing ? null : new Target(checked((int)label - 1), Value: 0, Weight: 1);
        }
    }

    private sealed class OfBoolean(ValueGetter<bool> get) : LabelReader
    {
        public override Target? Read()
        {
            var label = false;
            get(ref label);
            return new Target(label ? 1 : 0, Value: 0, Weight: 1);
        }
    }

    private sealed class OfNumber(ValueGetter<float> get) : LabelReader
    {
        public override Target? Read()
        {
            var label = 0f;
            get(ref label);
            return float.IsNaN(label) ? null : new Target(Class: 0, label, Weight: 1);
        }
    }
}
