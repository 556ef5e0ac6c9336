using System.Buffers.Binary;

namespace MnistML.Benchmarks.Fuzz;

/// <summary>Spoils bytes in ways that apply to any file.</summary>
internal sealed class ByteSpoiler(Random random)
{
    private const int MaxNoise = 64;
    private const int MaxInserted = 16;
    private const int BitsInByte = 8;

    private static readonly byte[] TellingBytes = [0, 1, 2, 8, 0x0E, 0x1F, 0x7F, 0x80, 0xFF];
    private static readonly int[] TellingNumbers = [0, 1, -1, 2, 12, 255, 65_536, 1 << 20, 1 << 28, 1 << 30, int.MaxValue, int.MinValue];

    /// <summary>Spoils them once, or up to three times.</summary>
    public byte[] Spoil(byte[] bytes)
    {
        for (var times = 1 + random.Next(3); times > 0; times--)
        {
            bytes = SpoilOnce(bytes);
        }

        return bytes;
    }

    public byte[] SpoilOnce(byte[] bytes)
    {
        var at = random.Next(bytes.Length + 1);
        var count = random.Next(bytes.Length - at + 1);
        return random.Next(9) switch
        {
            0 => Cut(bytes, at),
            1 => Append(bytes),
            2 => Remove(bytes, at, count),
            3 => Repeat(bytes, at, count),
            4 => Insert(bytes, at),
            5 or 6 => WithNumber(bytes, at),
            _ => WithByte(bytes, at),
        };
    }

    public static byte[] Cut(byte[] bytes, int at) => bytes[..at];

    public byte[] Append(byte[] bytes) => [.. bytes, .. Noise(1 + random.Next(MaxNoise))];

    public static byte[] Remove(byte[] bytes, int at, int count) => [.. bytes[..at], .. bytes[(at + count)..]];

    public static byte[] Repeat(byte[] bytes, int at, int count) => [.. bytes[..(at + count)], .. bytes[at..]];

    public byte[] Insert(byte[] bytes, int at) => [.. bytes[..at], .. Noise(1 + random.Next(MaxInserted)), .. bytes[at..]];

    /// <summary>Flips a bit, or writes a byte that has a meaning in some format.</summary>
    public byte[] WithByte(byte[] bytes, int at)
    {
        var bit = random.Next(2) == 0 ? 1 << random.Next(BitsInByte) : 0;
        return WithByte(bytes, at, bit, Pick(TellingBytes));
    }

    /// <summary>Writes a byte that has a meaning in some format.</summary>
    public byte[] WithTellingByte(byte[] bytes, int at) => WithByte(bytes, at, bit: 0, Pick(TellingBytes));

    /// <summary>Replaces four or eight bytes by a number, as a length would be written.</summary>
    public byte[] WithNumber(byte[] bytes, int at)
    {
        byte[] changed = [.. bytes];
        var number = random.Next(3) == 0 ? random.Next(bytes.Length + 1) : Pick(TellingNumbers);
        if (random.Next(4) == 0 && at + sizeof(long) <= changed.Length)
        {
            BinaryPrimitives.WriteInt64LittleEndian(changed.AsSpan(at), (long)number << random.Next(32));
        }
        else if (at + sizeof(int) <= changed.Length)
        {
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(at), number);
        }

        return changed;
    }

    public T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    private static byte[] WithByte(byte[] bytes, int at, int bit, byte value)
    {
        byte[] changed = [.. bytes];
        if (at < changed.Length)
        {
            changed[at] = bit != 0 ? (byte)(changed[at] ^ bit) : value;
        }

        return changed;
    }

    private byte[] Noise(int count)
    {
        var noise = new byte[count];
        random.NextBytes(noise);
        return noise;
    }
}
