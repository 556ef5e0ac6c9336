namespace MnistML.Datasets.Synthetic;

/// <summary>Turns segments of ink into grey values: 255 is full ink, 0 the untouched background.</summary>
internal static class DigitRasterizer
{
    /// <summary>Height and width of an image, in pixels, as in MNIST.</summary>
    public const int Side = 28;

    /// <summary>Bytes in an image: 784.</summary>
    public const int ImageLength = Side * Side;

    // Pixels over which the edge of a line fades from full ink to none: one would be a sharp edge, MNIST's are a little softer.
    private const double EdgeWidth = 1.4;

    // Grain: full ink keeps between six sevenths and all of its brightness, pixel by pixel.
    private const double LeastBrightness = 6.0 / 7;

    private const double White = 255;
    private const double Half = 0.5;

    /// <summary>Draws the segments into an image that is all zeros.</summary>
    /// <param name="segments">In pixels; the middle of the first pixel is (0.5, 0.5). What lies outside is cut off.</param>
    /// <param name="random">Gives the grain, one draw for each pixel with ink.</param>
    /// <param name="image"><see cref="ImageLength"/> bytes, row by row.</param>
    public static void Draw(ReadOnlySpan<DigitSegment> segments, ref DigitRandom random, Span<byte> image)
    {
        Span<double> coverage = stackalloc double[ImageLength];
        coverage.Clear();
        foreach (var segment in segments)
        {
            Cover(segment, coverage);
        }

        for (var i = 0; i < ImageLength; i++)
        {
            if (coverage[i] > 0)
            {
                image[i] = (byte)((Math.Min(coverage[i], 1) * random.Between(LeastBrightness, 1) * White) + Half);
            }
        }
    }

    /// <summary>Adds dirt to an image: to most pixels a little, to some much.</summary>
    /// <param name="dirt">Grey values that a pixel gains at most.</param>
    /// <param name="random">Moved on by a fixed number of draws for each pixel.</param>
    /// <param name="image">Grey values, which stay within 255.</param>
    public static void Soil(double dirt, ref DigitRandom random, Span<byte> image)
    {
        foreach (ref var pixel in image)
        {
            // The absolute difference of two uniform draws: small values are likelier.
            pixel = (byte)Math.Min(pixel + (Math.Abs(random.Around(dirt)) + Half), White);
        }
    }

    // Raises each pixel near the segment to the share of ink that its distance from it gives.
    private static void Cover(DigitSegment segment, Span<double> coverage)
    {
        var (start, end, radius) = segment;
        var reach = radius + (EdgeWidth / 2);
        var along = end - start;
        var lengthSquared = (along.X * along.X) + (along.Y * along.Y);
        var (firstColumn, lastColumn) = Pixels(Math.Min(start.X, end.X) - reach, Math.Max(start.X, end.X) + reach);
        var (firstRow, lastRow) = Pixels(Math.Min(start.Y, end.Y) - reach, Math.Max(start.Y, end.Y) + reach);
        for (var row = firstRow; row <= lastRow; row++)
        {
            for (var column = firstColumn; column <= lastColumn; column++)
            {
                var x = column + Half - start.X;
                var y = row + Half - start.Y;
                var t = lengthSquared > 0 ? Math.Clamp(((x * along.X) + (y * along.Y)) / lengthSquared, 0, 1) : 0;
                x -= t * along.X;
                y -= t * along.Y;
                var ink = (reach - Math.Sqrt((x * x) + (y * y))) / EdgeWidth;
                ref var pixel = ref coverage[(row * Side) + column];
                pixel = Math.Max(pixel, ink);
            }
        }
    }

    // The pixels of one axis that an interval touches, within the image.
    private static (int First, int Last) Pixels(double low, double high) =>
        (Math.Max((int)Math.Floor(low), 0), Math.Min((int)Math.Floor(high), Side - 1));
}
