using System.Buffers.Binary;
using System.Globalization;

namespace MnistML.Idx;

/// <summary>
/// Reads and writes headers: two zeros, the element type, the number of dimensions (together the magic number), then each length as a
/// big-endian integer of 4 bytes.
/// </summary>
internal static class IdxHeaderFormat
{
    private const int MagicByteCount = 4;
    private const int LengthByteCount = sizeof(int);

    public static int ByteCount(int dimensionCount) => MagicByteCount + (dimensionCount * LengthByteCount);

    /// <param name="stream">The file's unpacked bytes from the beginning on.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">The bytes are not a header.</exception>
    public static IdxHeader Read(Stream stream, string name)
    {
        Span<byte> magic = stackalloc byte[MagicByteCount];
        var found = stream.ReadAtLeast(magic, MagicByteCount, throwOnEndOfStream: false);
        if (found < MagicByteCount || magic[0] != 0 || magic[1] != 0 || !Enum.IsDefined((IdxElementType)magic[2]))
        {
            throw new InvalidDataException($"'{name}' {FileSignature.Describe(magic[..found])}");
        }

        int dimensionCount = magic[3];
        if (dimensionCount is < 1 or > IdxHeader.MaxDimensions)
        {
            throw new InvalidDataException($"'{name}' has {dimensionCount} dimensions, but 1 to {IdxHeader.MaxDimensions} were expected.");
        }

        return ReadDimensions(stream, name, (IdxElementType)magic[2], dimensionCount);
    }

    public static byte[] ToBytes(IdxHeader header)
    {
        var bytes = new byte[ByteCount(header.Dimensions.Count)];
        bytes[2] = (byte)header.ElementType;
        bytes[3] = (byte)header.Dimensions.Count;
        for (var i = 0; i < header.Dimensions.Count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(ByteCount(i)), header.Dimensions[i]);
        }

        return bytes;
    }

    private static IdxHeader ReadDimensions(Stream stream, string name, IdxElementType elementType, int dimensionCount)
    {
        Span<byte> bytes = stackalloc byte[dimensionCount * LengthByteCount];
        var found = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (found < bytes.Length)
        {
            throw new InvalidDataException(
                $"'{name}' ends within its header: {dimensionCount} dimensions take {ByteCount(dimensionCount)} bytes, "
                + $"but it holds {MagicByteCount + found}; fetch or write it again.");
        }

        var dimensions = new int[dimensionCount];
        for (var i = 0; i < dimensionCount; i++)
        {
            dimensions[i] = BinaryPrimitives.ReadInt32BigEndian(bytes[(i * LengthByteCount)..]);
        }

        return Create(name, elementType, dimensions);
    }

    private static IdxHeader Create(string name, IdxElementType elementType, int[] dimensions)
    {
        if (Array.FindIndex(dimensions, length => length < 0) is var negative and >= 0)
        {
            throw new InvalidDataException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{name}' has a damaged header: dimension {negative + 1} of {dimensions.Length} is {dimensions[negative]}, "
                    + $"but can't be below 0; fetch or write it again."));
        }

        try
        {
            return new IdxHeader(elementType, dimensions);
        }
        catch (OverflowException exception)
        {
            throw new InvalidDataException(
                $"'{name}' has a damaged header: {elementType} {string.Join('×', dimensions)} would take more than 2⁶³ bytes; "
                + "fetch or write it again.",
                exception);
        }
    }
}
