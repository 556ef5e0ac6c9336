using MnistML.Images.Ink;

namespace MnistML.Images.Normalization;

/// <summary>
/// Brings a picture of a digit to the form of MNIST's images, as they were made (LeCun, Bottou, Bengio and Haffner, "Gradient-based
/// learning applied to document recognition", 1998): ink light on black, the digit in a box of 20 × 20 pixels with its proportions kept and
/// its edges grey, and its centre of mass in the middle of 28 × 28.
/// </summary>
internal static class DigitNormalizer
{
    private const int Side = FoundDigit.Side;

    private const int Box = 20;

    /// <summary>Stroke widths are adjusted at this size, about that of the scans that MNIST was made from.</summary>
    private const int WorkingSide = 160;

    /// <summary>
    /// The range of stroke widths in MNIST's digits, in pixels of the box. Thinner and broader strokes are brought into it.
    /// </summary>
    private const double MinStroke = 2;
    private const double MaxStroke = 3;

    /// <summary>Normalises a digit.</summary>
    /// <param name="digit">Its ink, from 0 to 1, cut to where there is any.</param>
    /// <returns>28 × 28 values row by row, 0 for none and 1 for full ink.</returns>
    public static float[] Normalize(GreyImage digit)
    {
        var working = Stroke.BringBetween(
            ScaleTo(digit, WorkingSide), MinStroke * WorkingSide / Box, MaxStroke * WorkingSide / Box).CropToInk()!;
        var boxed = ScaleTo(working, Box);
        var strongest = boxed.Values.Max();
        return Place(boxed.Map(value => value / strongest));
    }

    private static GreyImage ScaleTo(GreyImage digit, int side)
    {
        var scale = (double)side / Math.Max(digit.Width, digit.Height);
        return digit.Resize(Math.Max((int)Math.Round(digit.Width * scale), 1), Math.Max((int)Math.Round(digit.Height * scale), 1));
    }

    /// <summary>Puts the centre of mass into the middle, as near as whole pixels allow.</summary>
    private static float[] Place(GreyImage digit)
    {
        var (mass, massX, massY) = (0.0, 0.0, 0.0);
        for (var y = 0; y < digit.Height; y++)
        {
            for (var x = 0; x < digit.Width; x++)
            {
                mass += digit[x, y];
                massX += digit[x, y] * (x + 0.5);
                massY += digit[x, y] * (y + 0.5);
            }
        }

        var left = Math.Clamp((int)Math.Round((Side / 2.0) - (massX / mass)), 0, Side - digit.Width);
        var top = Math.Clamp((int)Math.Round((Side / 2.0) - (massY / mass)), 0, Side - digit.Height);
        var image = new float[Side * Side];
        for (var y = 0; y < digit.Height; y++)
        {
            for (var x = 0; x < digit.Width; x++)
            {
                image[((top + y) * Side) + left + x] = digit[x, y];
            }
        }

        return image;
    }
}
