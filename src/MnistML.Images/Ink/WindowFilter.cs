using System.Buffers;
using System.Numerics;

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
    public static GreyImage Close(GreyImage image, int radius)
    {
        // Rows and columns don't depend on each other, so that two turns are enough.
        var (one, other) = (new GreyImage(image.Width, image.Height), new GreyImage(image.Height, image.Width));
        var length = image.Values.Length;
        var (fromFirst, toLast) = (ArrayPool<float>.Shared.Rent(length), ArrayPool<float>.Shared.Rent(length));
        Along<Greater>(image, one);
        one.TransposeTo(other);
        Along<Greater>(other, other);
        Along<Less>(other, other);
        other.TransposeTo(one);
        Along<Less>(one, one);
        ArrayPool<float>.Shared.Return(fromFirst);
        ArrayPool<float>.Shared.Return(toLast);
        return one;

        void Along<TChoice>(GreyImage from, GreyImage to)
            where TChoice : struct, IChoice => FilterColumns<TChoice>(from, to, radius, fromFirst, toLast);
    }

    /// <summary>
    /// In blocks of the window's length the extremes from the block's first row to here, and from here to its last, are running ones. Any
    /// window is the end of one block and the beginning of the next.
    /// </summary>
    private static void FilterColumns<TChoice>(GreyImage image, GreyImage result, int radius, float[] fromFirst, float[] toLast)
        where TChoice : struct, IChoice
    {
        var (width, height, window) = (image.Width, image.Height, (2 * radius) + 1);
        for (var y = 0; y < height; y++)
        {
            Choose<TChoice>(image.RowAt(y), y % window == 0 ? image.RowAt(y) : Row(fromFirst, y - 1), Row(fromFirst, y));
        }

        for (var y = height - 1; y >= 0; y--)
        {
            var isLast = y == height - 1 || (y + 1) % window == 0;
            Choose<TChoice>(image.RowAt(y), isLast ? image.RowAt(y) : Row(toLast, y + 1), Row(toLast, y));
        }

        for (var y = 0; y < height; y++)
        {
            var (first, last) = (Math.Max(y - radius, 0), Math.Min(y + radius, height - 1));
            if (first / window == last / window)
            {
                // Both ends are in one block, which only an edge of the picture brings about: the whole of it from one of them.
                (first % window == 0 ? Row(fromFirst, last) : Row(toLast, first)).CopyTo(result.RowAt(y));
            }
            else
            {
                Choose<TChoice>(Row(toLast, first), Row(fromFirst, last), result.RowAt(y));
            }
        }

        Span<float> Row(float[] values, int y) => values.AsSpan(y * width, width);
    }

    private static void Choose<TChoice>(ReadOnlySpan<float> values, ReadOnlySpan<float> others, Span<float> chosen)
        where TChoice : struct, IChoice
    {
        var i = 0;
        for (; i <= chosen.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            TChoice.Of(new Vector<float>(values[i..]), new Vector<float>(others[i..])).CopyTo(chosen[i..]);
        }

        for (; i < chosen.Length; i++)
        {
            chosen[i] = TChoice.Of(values[i], others[i]);
        }
    }

    /// <summary>Which of two values is taken.</summary>
    private interface IChoice
    {
        static abstract Vector<float> Of(Vector<float> values, Vector<float> others);

        static abstract float Of(float value, float other);
    }

    private readonly struct Greater : IChoice
    {
        public static Vector<float> Of(Vector<float> values, Vector<float> others) => Vector.Max(values, others);

        public static float Of(float value, float other) => Math.Max(value, other);
    }

    private readonly struct Less : IChoice
    {
        public static Vector<float> Of(Vector<float> values, Vector<float> others) => Vector.Min(values, others);

        public static float Of(float value, float other) => Math.Min(value, other);
    }
}
