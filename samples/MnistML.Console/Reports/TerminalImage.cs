using System.Text;
using MnistML.Samples.Data;
using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>Images of ink in a terminal: in colours two pixels to a character, and as shades of plain characters elsewhere.</summary>
internal static class TerminalImage
{
    /// <summary>From no ink to full ink.</summary>
    private const string Shades = " .:-=+*#%@";

    /// <summary>
    /// A character is about twice as high as wide: its upper half is drawn in one colour, its lower half is the other's background.
    /// </summary>
    private const string UpperHalf = "▀";

    /// <summary>Columns between two images.</summary>
    private const int Gap = 2;

    /// <summary>Writes an image, whole lines.</summary>
    /// <param name="console">The console to write to.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="ink">Pixels row by row: 0 is none, 1 is full.</param>
    public static void Write(IAnsiConsole console, int height, ReadOnlySpan<float> ink)
    {
        if (HasColors(console))
        {
            WriteColored(console, height, [ink.ToArray()]);
            return;
        }

        var width = ink.Length / height;
        for (var row = 0; row < height; row++)
        {
            var line = new StringBuilder(2 * width);
            foreach (var value in ink.Slice(row * width, width))
            {
                var shade = Shades[(int)MathF.Round(Math.Clamp(value, 0, 1) * (Shades.Length - 1))];
                line.Append(shade).Append(shade);
            }

            console.WriteLine(line.ToString().TrimEnd());
        }
    }

    /// <summary>
    /// Writes the first images of a data set beside each other, as many as fit, with their labels; nothing where there are no colours.
    /// </summary>
    public static void WriteRow(IAnsiConsole console, DigitImages images, IReadOnlyList<DigitImage> digits)
    {
        var count = Math.Min(digits.Count, (console.Profile.Width + Gap) / (images.Width + Gap));
        if (count > 0 && HasColors(console))
        {
            WriteColored(console, images.Height, [.. digits.Take(count).Select(digit => digit.Pixels)]);
            console.WriteLine(
                string.Concat(digits.Take(count).Select(digit => images.ClassNames[digit.Label].PadRight(images.Width + Gap))).TrimEnd());
        }
    }

    private static bool HasColors(IAnsiConsole console) =>
        console.Profile.Capabilities is { Ansi: true, Unicode: true, ColorSystem: ColorSystem.EightBit or ColorSystem.TrueColor };

    private static void WriteColored(IAnsiConsole console, int height, float[][] images)
    {
        for (var row = 0; row < height; row += 2)
        {
            var line = new Paragraph();
            foreach (var (index, image) in images.Index())
            {
                var width = image.Length / height;
                if (index > 0)
                {
                    line.Append(new string(' ', Gap));
                }

                for (var column = 0; column < width; column++)
                {
                    var lower = row + 1 < height ? image[((row + 1) * width) + column] : 0;
                    line.Append(UpperHalf, new Style(Grey(image[(row * width) + column]), Grey(lower)));
                }
            }

            console.Write(line);
            console.WriteLine();
        }
    }

    private static Color Grey(float ink)
    {
        var level = (byte)MathF.Round(byte.MaxValue * Math.Clamp(ink, 0, 1));
        return new Color(level, level, level);
    }
}
