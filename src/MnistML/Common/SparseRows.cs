using System.Runtime.InteropServices;

namespace MnistML.Common;

/// <summary>Rows of which only the features that are not zero are held, one after the other: compressed sparse rows.</summary>
internal sealed class SparseRows
{
    private readonly List<int> _ends = [];
    private readonly List<int> _slots = [];
    private readonly List<float> _values = [];

    public int RowCount => _ends.Count;

    public int EntryCount => _slots.Count;

    /// <summary>The slots of the entries of all rows, ascending in each row.</summary>
    public Span<int> Slots => CollectionsMarshal.AsSpan(_slots);

    /// <summary>The entries of all rows.</summary>
    public Span<float> Values => CollectionsMarshal.AsSpan(_values);

    /// <summary>Where the entries of each row end.</summary>
    public ReadOnlySpan<int> Ends => CollectionsMarshal.AsSpan(_ends);

    /// <summary>Where the entries of a row are.</summary>
    public Range EntriesOf(int row) => new(row == 0 ? 0 : _ends[row - 1], _ends[row]);

    /// <summary>The row's features, valid until rows are appended or removed.</summary>
    public RowFeatures FeaturesOf(int row, int featureCount) =>
        new(featureCount, Values[EntriesOf(row)], Slots[EntriesOf(row)]);

    /// <summary>Appends the entries of a row: what is not +0.</summary>
    public void Append(RowFeatures features)
    {
        for (var i = features.NextEntry(0); i >= 0; i = features.NextEntry(i + 1))
        {
            _slots.Add(features.SlotOf(i));
            _values.Add(features.Values[i]);
        }

        _ends.Add(_slots.Count);
    }

    /// <summary>Appends a row of entries.</summary>
    public void Append(ReadOnlySpan<int> slots, ReadOnlySpan<float> values)
    {
        _slots.AddRange(slots);
        _values.AddRange(values);
        _ends.Add(_slots.Count);
    }

    /// <summary>Removes all rows, and keeps the memory for others.</summary>
    public void Clear()
    {
        _ends.Clear();
        _slots.Clear();
        _values.Clear();
    }
}
