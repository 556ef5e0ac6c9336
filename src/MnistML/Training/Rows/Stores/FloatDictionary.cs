namespace MnistML.Training.Rows.Stores;

/// <summary>A dictionary of up to 256 different floats, compared by their bits, so that a byte can encode each.</summary>
internal sealed partial class FloatDictionary
{
    private const int Capacity = 256;

    /// <summary>Four slots for each value keep searches short.</summary>
    private const int TableBits = 10;

    private readonly float[] _values = new float[Capacity];

    /// <summary>A value's bits in the upper half of each slot, its code plus 1 in the lower half; 0 where the slot is free.</summary>
    private readonly ulong[] _table = new ulong[1 << TableBits];
    private int _count;

    /// <summary>Writes values as bytes; false, with nothing lost, if there are too many different ones.</summary>
    public bool TryEncode(ReadOnlySpan<float> values, Span<byte> codes)
    {
        var table = _table.AsSpan();
        for (var i = 0; i < values.Length; i++)
        {
            // No step depends on the previous one, and most values are in the first slot that is searched: that makes it fast.
            var bits = BitConverter.SingleToUInt32Bits(values[i]);
            var entry = table[PlaceOf(bits)];
            var code = entry >> 32 == bits && entry != 0 ? (int)(uint)entry - 1 : FindOrAdd(bits);
            if (code < 0)
            {
                return false;
            }

            codes[i] = (byte)code;
        }

        return true;
    }

    public void Clear()
    {
        _count = 0;
        Array.Clear(_table);
    }

    private static int PlaceOf(uint bits) => (int)((bits * 0x9E3779B1) >> (32 - TableBits));

    /// <summary>The value's code, or -1 if there is no room for it.</summary>
    private int FindOrAdd(uint bits)
    {
        var place = PlaceOf(bits);
        for (; _table[place] != 0; place = (place + 1) & (_table.Length - 1))
        {
            if (_table[place] >> 32 == bits)
            {
                return (int)(uint)_table[place] - 1;
            }
        }

        if (_count == Capacity)
        {
            return -1;
        }

        _values[_count] = BitConverter.UInt32BitsToSingle(bits);
        SetPlanes(_count, bits);
        _count++;
        _table[place] = ((ulong)bits << 32) | (uint)_count;
        return _count - 1;
    }
}
