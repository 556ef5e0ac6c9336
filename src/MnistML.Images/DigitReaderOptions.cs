namespace MnistML.Images;

/// <summary>What a <see cref="DigitReader"/> takes; each limit is named in the exception of what exceeds it.</summary>
public sealed record DigitReaderOptions
{
    private const long Mebibyte = 1 << 20;

    /// <summary>The maximum length of a picture's file, in bytes; 64 MiB.</summary>
    public long MaxFileBytes { get; init; } = 64 * Mebibyte;

    /// <summary>The maximum number of pixels of a picture, which is known before they are decoded; 250 million.</summary>
    public long MaxPixels { get; init; } = 250_000_000;
}
