using SkiaSharp;

namespace MnistML.Samples.Plots;

/// <summary>
/// The font of all pictures. It is part of the program, since a machine may have none, and pictures are to look the same everywhere.
/// </summary>
internal static class PlotFont
{
    public const string Family = "DejaVu Sans";

    private static readonly SKTypeface Typeface = Load();

    /// <summary>A paint for text, its origin at the left end of the line on which letters stand.</summary>
    /// <param name="size">Height of the font in pixels.</param>
    /// <param name="color">The text's colour.</param>
    /// <param name="text">What is to be written: letters that the font lacks are taken from a font of the system's, where there is
    /// one.</param>
    public static SKPaint CreatePaint(float size, SKColor color, string text) => new()
    {
        Typeface = TypefaceFor(text),
        TextSize = size,
        Color = color,
        IsAntialias = true,
        SubpixelText = true,
        HintingLevel = SKPaintHinting.NoHinting,
    };

    /// <summary>
    /// Draws a text as shapes. SVG files would otherwise name the font, and be shown in another one wherever that is missing.
    /// </summary>
    public static void Draw(SKCanvas canvas, string text, float x, float baseline, SKPaint paint, SKTextAlign align = SKTextAlign.Left)
    {
        var width = paint.MeasureText(text);
        var left = align switch
        {
            SKTextAlign.Left => x,
            SKTextAlign.Center => x - (width / 2),
            _ => x - width,
        };
        using var shapes = paint.GetTextPath(text, left, baseline);
        canvas.DrawPath(shapes, paint);
    }

    /// <summary>Draws a text of one size and colour.</summary>
    public static void Draw(
        SKCanvas canvas, string text, float x, float baseline, float size, SKColor color, SKTextAlign align = SKTextAlign.Left)
    {
        using var paint = CreatePaint(size, color, text);
        Draw(canvas, text, x, baseline, paint, align);
    }

    /// <summary>How wide a text is, in pixels.</summary>
    public static float Measure(string text, float size)
    {
        using var paint = CreatePaint(size, SKColors.Black, text);
        return paint.MeasureText(text);
    }

    /// <summary>The text, or as much of its beginning as fits, with an ellipsis.</summary>
    public static string Fit(string text, float size, float width)
    {
        if (Measure(text, size) <= width)
        {
            return text;
        }

        var length = text.Length - 1;
        while (length > 0 && Measure($"{text[..length]}…", size) > width)
        {
            length--;
        }

        return $"{text[..length]}…";
    }

    /// <summary>The text in as many lines as it needs, broken between words.</summary>
    public static string Wrap(string text, float size, float width)
    {
        var lines = new List<string> { "" };
        foreach (var word in text.Split(' '))
        {
            var longer = $"{lines[^1]} {word}".TrimStart();
            if (lines[^1].Length > 0 && Measure(longer, size) > width)
            {
                lines.Add(word);
            }
            else
            {
                lines[^1] = longer;
            }
        }

        return string.Join('\n', lines);
    }

    private static SKTypeface TypefaceFor(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!Typeface.ContainsGlyph(rune.Value) && SKFontManager.Default.MatchCharacter(rune.Value) is { } other)
            {
                return other;
            }
        }

        return Typeface;
    }

    private static SKTypeface Load()
    {
        using var stream = typeof(PlotFont).Assembly.GetManifestResourceStream("DejaVuSans.ttf")!;
        return SKTypeface.FromStream(stream);
    }
}
