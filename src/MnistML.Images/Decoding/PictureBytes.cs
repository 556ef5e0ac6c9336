namespace MnistML.Images.Decoding;

/// <summary>The bytes of a picture's file.</summary>
internal static class PictureBytes
{
    private const int PieceByteCount = 1 << 16;

    /// <summary>Reads a stream to its end, but no farther than a limit.</summary>
    /// <exception cref="InvalidDataException">It has more bytes.</exception>
    public static byte[] ReadAll(Stream stream, long maxBytes)
    {
        using var bytes = new MemoryStream();
        var piece = new byte[PieceByteCount];
        for (int count; (count = stream.Read(piece)) > 0;)
        {
            if (bytes.Length + count > maxBytes)
            {
                throw new InvalidDataException(FormattableString.Invariant(
                    $"the file has more than {maxBytes:N0} bytes, which is the limit; make the picture smaller"));
            }

            bytes.Write(piece, 0, count);
        }

        return bytes.ToArray();
    }
}
