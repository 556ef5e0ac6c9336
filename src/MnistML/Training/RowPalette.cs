using System.Runtime.InteropServices;

namespace MnistML.Training;

/// <summary>Up to 256 different floats, told apart by their bits, so that a byte can stand for each.</summary>
internal sealed class RowPalette
{
    private const int Capacity = 256;

    /// <summary>Four places for each value keep searches short.</summary>
    private const int TableBits = 10;

    private readonly float[] _values = new float[Capacity];
    private readonly int[] _table = new int[1 << TableBits];
    private int _count;

    /// <summary>The values, by the bytes that stand for them.</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Writes values as bytes; false, with nothing lost, if there are too many different ones.</summary>
    public bool TryEncode(ReadOnlySpan<float> values, Span<byte> codes)
    {
        var bits = MemoryMarshal.Cast<float, int>(values);
        var (lastBits, lastCode) = (0, -1);
        for (var i = 0; i < bits.Length; i++)
        {
            if (bits[i] != lastBits || lastCode < 0)
            {
                (lastBits, lastCode) = (bits[i], FindOrAdd(bits[i]));
                if (lastCode < 0)
                {
                    return false;
                }
            }

            codes[i] = (byte)lastCode;
        }

        return true;
    }

    public void Clear()
    {
        _count = 0;
        Array.Clear(_table);
    }

    /// <summary>The value's code, or -1 if there is no room for it. Places hold a code plus 1, and 0 where they are free.</summary>
    private int FindOrAdd(int bits)
    {
        var place = (int)((uint)(bits * unchecked((int)0x9E3779B1)) >> (32 - TableBits));
        for (; _table[place] != 0; place = (place + 1) & (_table.Length - 1))
        {
            if (BitConverter.SingleToInt32Bits(_values[_table[place] - 1]) == bits)
            {
                return _table[place] - 1;
            }
        }

        if (_count == Capacity)
        {
            return -1;
        }

        _values[_count] = BitConverter.Int32BitsToSingle(bits);
        _table[place] = ++_count;
        return _count - 1;
    }
}
