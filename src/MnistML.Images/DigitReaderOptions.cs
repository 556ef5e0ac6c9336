namespace MnistML.Images;

/// <summary>What a <see cref="DigitReader"/> takes; each limit is named in the exception of what exceeds it.</summary>
public sealed record DigitReaderOptions
{
    private const long Mebibyte = 1 << 20;

    /// <summary>The maximum length of a picture's file, in bytes; 64 MiB.</summary>
    public long MaxFileBytes { get; init; } = 64 * Mebibyte;

    /// <summary>
    /// The maximum number of pixels of a JPEG or WebP picture, which is scaled while it is decoded; 250 million. It is known before they
    /// are decoded.
    /// </summary>
    public long MaxPixels { get; init; } = 250_000_000;

    /// <summary>
    /// The maximum number of pixels of other pictures, PNG among them, which take 4 bytes for each while they are decoded; 40 million.
    /// </summary>
    public long MaxUnscaledPixels { get; init; } = 40_000_000;

    /// <summary>How many times longer than the other a side may be; 50.</summary>
    public int MaxSideRatio { get; init; } = 50;

    /// <summary>Checks the options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is not positive.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxFileBytes, nameof(MaxFileBytes));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPixels, nameof(MaxPixels));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxUnscaledPixels, nameof(MaxUnscaledPixels));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxSideRatio, nameof(MaxSideRatio));
    }
}
