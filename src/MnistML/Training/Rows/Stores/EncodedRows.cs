using System.Buffers;
using System.Runtime.InteropServices;
using MnistML.Common;

namespace MnistML.Training.Rows.Stores;

/// <summary>Some rows of features in the smallest of three lossless encodings.</summary>
internal sealed class EncodedRows
{
    private byte[] _bytes = [];
    private int _rowCount;
    private Form _form;

    private enum Form
    {
        /// <summary>All values.</summary>
        Dense,

        /// <summary>A byte for each value: its code in the dictionary.</summary>
        Palette,

        /// <summary>Where each row's entries end, the slots of all entries, their values. What is not an entry is +0.</summary>
        Sparse,
    }

    /// <summary>What the rows take.</summary>
    public int ByteCount { get; private set; }

    /// <summary>Encodes rows.</summary>
    /// <param name="values">The features, row by row.</param>
    /// <param name="featureCount">Features of each row.</param>
    /// <param name="palette">The dictionary; values are added to it while it has room.</param>
    public void Encode(ReadOnlySpan<float> values, int featureCount, FloatDictionary palette)
    {
        _rowCount = values.Length / featureCount;
        var entryCount = values.Length - MemoryMarshal.Cast<float, int>(values).Count(0);
        var sparseBytes = (long)sizeof(int) * (_rowCount + (2L * entryCount));
        if (sparseBytes < values.Length)
        {
            EncodeSparse(values, featureCount, entryCount, (int)sparseBytes);
            return;
        }

        Reserve(values.Length, Form.Palette);
        if (palette.TryEncode(values, _bytes))
        {
            return;
        }

        if (sparseBytes < (long)values.Length * sizeof(float))
        {
            EncodeSparse(values, featureCount, entryCount, (int)sparseBytes);
            return;
        }

        Reserve(values.Length * sizeof(float), Form.Dense);
        MemoryMarshal.AsBytes(values).CopyTo(_bytes);
    }

    /// <summary>Encodes rows of which the entries are given.</summary>
    /// <inheritdoc cref="Encode(ReadOnlySpan{float}, int, FloatDictionary)"/>
    public void Encode(SparseRows rows, int featureCount, FloatDictionary palette)
    {
        var valueCount = (long)rows.RowCount * featureCount;
        var byteCount = (long)sizeof(int) * (rows.RowCount + (2L * rows.EntryCount));
        if (byteCount < valueCount)
        {
            _rowCount = rows.RowCount;
            Reserve((int)byteCount, Form.Sparse);
            var (ends, slots, entries) = SparseParts(rows.EntryCount);
            rows.Ends.CopyTo(ends);
            rows.Slots.CopyTo(slots);
            rows.Values.CopyTo(entries);
            return;
        }

        var values = ArrayPool<float>.Shared.Rent((int)valueCount);
        for (var row = 0; row < rows.RowCount; row++)
        {
            rows.FeaturesOf(row, featureCount).CopyTo(values.AsSpan(row * featureCount, featureCount));
        }

        Encode(values.AsSpan(0, (int)valueCount), featureCount, palette);
        ArrayPool<float>.Shared.Return(values);
    }

    /// <summary>Decodes a row.</summary>
    public void Decode(int row, Span<float> features, FloatDictionary palette)
    {
        switch (_form)
        {
            case Form.Palette:
                palette.Decode(_bytes.AsSpan(row * features.Length, features.Length), features);
                break;
            case Form.Sparse:
                DecodeSparse(row, features);
                break;
            default:
                MemoryMarshal.Cast<byte, float>(_bytes.AsSpan(0, ByteCount)).Slice(row * features.Length, features.Length).CopyTo(features);
                break;
        }
    }

    /// <summary>Appends the entries of a row.</summary>
    public void AppendEntries(int row, int featureCount, FloatDictionary palette, SparseRows rows)
    {
        if (_form == Form.Sparse)
        {
            var (ends, slots, entries) = SparseParts();
            var ofRow = (row == 0 ? 0 : ends[row - 1])..ends[row];
            rows.Append(slots[ofRow], entries[ofRow]);
            return;
        }

        var features = ArrayPool<float>.Shared.Rent(featureCount);
        Decode(row, features.AsSpan(0, featureCount), palette);
        rows.Append(new RowFeatures(featureCount, features.AsSpan(0, featureCount)));
        ArrayPool<float>.Shared.Return(features);
    }

    private void EncodeSparse(ReadOnlySpan<float> values, int featureCount, int entryCount, int byteCount)
    {
        Reserve(byteCount, Form.Sparse);
        var (ends, slots, entries) = SparseParts(entryCount);
        var count = 0;
        for (var row = 0; row < _rowCount; row++)
        {
            var features = values.Slice(row * featureCount, featureCount);
            for (var slot = 0; slot < featureCount; slot++)
            {
                if (BitConverter.SingleToInt32Bits(features[slot]) != 0)
                {
                    (slots[count], entries[count]) = (slot, features[slot]);
                    count++;
                }
            }

            ends[row] = count;
        }
    }

    private void DecodeSparse(int row, Span<float> features)
    {
        features.Clear();
        var (ends, slots, entries) = SparseParts();
        for (var i = row == 0 ? 0 : ends[row - 1]; i < ends[row]; i++)
        {
            features[slots[i]] = entries[i];
        }
    }

    private SparseSpans SparseParts() => SparseParts(((ByteCount / sizeof(int)) - _rowCount) / 2);

    private SparseSpans SparseParts(int entryCount)
    {
        var numbers = MemoryMarshal.Cast<byte, int>(_bytes.AsSpan(0, ByteCount));
        return new SparseSpans(
            numbers[.._rowCount],
            numbers.Slice(_rowCount, entryCount),
            MemoryMarshal.Cast<int, float>(numbers[(_rowCount + entryCount)..]));
    }

    /// <summary>Reuses the existing array if its size fits well, so that buffers that are refilled leave no garbage.</summary>
    private void Reserve(int byteCount, Form form)
    {
        if (_bytes.Length < byteCount || _bytes.Length > 2L * byteCount)
        {
            _bytes = GC.AllocateUninitializedArray<byte>(byteCount);
        }

        (ByteCount, _form) = (byteCount, form);
    }

    private readonly ref struct SparseSpans(Span<int> ends, Span<int> slots, Span<float> entries)
    {
        private readonly Span<int> _ends = ends;
        private readonly Span<int> _slots = slots;
        private readonly Span<float> _entries = entries;

        public void Deconstruct(out Span<int> ends, out Span<int> slots, out Span<float> entries)
        {
            ends = _ends;
            slots = _slots;
            entries = _entries;
        }
    }
}
