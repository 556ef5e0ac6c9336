namespace MnistML.Common;

/// <summary>The features of one row: all of them, or only some, of which the others are zero. It does not own their memory.</summary>
/// <param name="count">The number of features.</param>
/// <param name="values">Their values, or those that are given.</param>
/// <param name="slots">The zero-based slots of the values, ascending; empty where all features are given.</param>
internal readonly ref struct RowFeatures(int count, ReadOnlySpan<float> values, ReadOnlySpan<int> slots = default)
{
    public int Count { get; } = count;

    public ReadOnlySpan<float> Values { get; } = values;

    public ReadOnlySpan<int> Slots { get; } = slots;

    /// <summary>Whether all features are given.</summary>
    public bool IsDense => Values.Length == Count;

    /// <summary>Copies all features, zeros too.</summary>
    public void CopyTo(Span<float> features)
    {
        if (IsDense)
        {
            Values.CopyTo(features);
            return;
        }

        features.Clear();
        for (var i = 0; i < Slots.Length; i++)
        {
            features[Slots[i]] = Values[i];
        }
    }

    /// <summary>The next entry, a feature whose bits are not those of +0, at or after a place; -1 where there is none.</summary>
    /// <param name="place">The index in <see cref="Values"/> to begin at.</param>
    public int NextEntry(int place)
    {
        while (place < Values.Length && BitConverter.SingleToInt32Bits(Values[place]) == 0)
        {
            place++;
        }

        return place < Values.Length ? place : -1;
    }

    /// <summary>The slot of a value, by its index in <see cref="Values"/>.</summary>
    public int SlotOf(int place) => IsDense ? place : Slots[place];
}
