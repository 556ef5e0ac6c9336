namespace MnistML.Scoring.Archive;

/// <summary>
/// The checksum of zip archives (ISO 3309, polynomial 0x04C11DB7 reflected). .NET writes it, but does not verify it on reading.
/// </summary>
internal static class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int BitsInByte = 8;

    private static readonly uint[] Table =
    [
        .. Enumerable.Range(0, byte.MaxValue + 1).Select(value => Enumerable.Range(0, BitsInByte).Aggregate((uint)value, Step)),
    ];

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = Table[(byte)(crc ^ value)] ^ (crc >> BitsInByte);
        }

        return ~crc;
    }

    private static uint Step(uint crc, int bit) => (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ Polynomial;
}
