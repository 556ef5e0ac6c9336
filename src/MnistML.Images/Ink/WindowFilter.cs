namespace MnistML.Images.Ink;

/// <summary>
/// Greatest and least values in a square window around each pixel, at a cost that does not depend on the window (van Herk, "A fast
/// algorithm for local minimum and maximum filters on rectangular and octagonal kernels", 1992). Beyond the edge there is nothing.
/// </summary>
internal static class WindowFilter
{
    /// <summary>
    /// What is left when all that is darker than its surroundings and thinner than the window is filled in (a closing). Larger regions keep
    /// their straight edges, so that a shadow or a desk stays as it is.
    /// </summary>
    public static GreyImage Close(GreyImage image, int radius) => Least(Greatest(image, radius), radius);

    public static GreyImage Greatest(GreyImage image, int radius) => Vertically(Vertically(image, radius).Transpose(), radius).Transpose();

    public static GreyImage Least(GreyImage image, int radius) => Greatest(image.Map(value => -value), radius).Map(value => -value);

    /// <summary>
    /// In blocks of the window's length the greatest values from the block's first row to here, and from here to its last, are running
    /// maxima. Any window is the end of one block and the beginning of the next.
    /// </summary>
    private static GreyImage Vertically(GreyImage image, int radius)
    {
        var (width, height, window) = (image.Width, image.Height, (2 * radius) + 1);
        var fromFirst = (float[])image.Values.Clone();
        var toLast = (float[])image.Values.Clone();
        for (var y = 1; y < height; y++)
        {
            if (y % window != 0)
            {
                TakeGreater(fromFirst, y * width, fromFirst, (y - 1) * width, width);
            }
        }

        for (var y = height - 2; y >= 0; y--)
        {
            if ((y + 1) % window != 0)
            {
                TakeGreater(toLast, y * width, toLast, (y + 1) * width, width);
            }
        }

        var result = new GreyImage(width, height);
        for (var y = 0; y < height; y++)
        {
            var (first, last) = (Math.Max(y - radius, 0), Math.Min(y + radius, height - 1));
            if (first / window == last / window)
            {
                // Both ends are in one block, which only an edge of the picture brings about: the whole of it from one of them.
                var row = first % window == 0 ? fromFirst.AsSpan(last * width, width) : toLast.AsSpan(first * width, width);
                row.CopyTo(result.Values.AsSpan(y * width, width));
            }
            else
            {
                toLast.AsSpan(first * width, width).CopyTo(result.Values.AsSpan(y * width, width));
                TakeGreater(result.Values, y * width, fromFirst, last * width, width);
            }
        }

        return result;
    }

    private static void TakeGreater(float[] values, int at, float[] others, int from, int count)
    {
        var target = values.AsSpan(at, count);
        var source = others.AsSpan(from, count);
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = source[i] > target[i] ? source[i] : target[i];
        }
    }
}
