namespace MnistML.Images.Decoding;

/// <summary>Refuses what would take too much memory, before any is taken.</summary>
internal static class PictureLimits
{
    /// <summary>Checks the size of a picture.</summary>
    /// <param name="options">The limits.</param>
    /// <param name="width">In pixels.</param>
    /// <param name="height">In pixels.</param>
    /// <param name="isScaled">Whether it is scaled while it is decoded.</param>
    /// <exception cref="InvalidDataException">It exceeds a limit.</exception>
    public static void EnsureWithin(DigitReaderOptions options, int width, int height, bool isScaled = true)
    {
        var maxPixels = isScaled ? options.MaxPixels : Math.Min(options.MaxPixels, options.MaxUnscaledPixels);
        if ((long)width * height > maxPixels)
        {
            var others = maxPixels < options.MaxPixels ? " in files other than JPEG and WebP" : "";
            throw new InvalidDataException(FormattableString.Invariant(
                $"it has {width:N0} × {height:N0} pixels, but at most {maxPixels:N0} are allowed{others}; make it smaller"));
        }

        if (Math.Max(width, height) > (long)options.MaxSideRatio * Math.Min(width, height))
        {
            var expected = $"but a side may be at most {options.MaxSideRatio} times as long as the other";
            throw new InvalidDataException(FormattableString.Invariant(
                $"it has {width:N0} × {height:N0} pixels, {expected}; cut it"));
        }
    }
}
