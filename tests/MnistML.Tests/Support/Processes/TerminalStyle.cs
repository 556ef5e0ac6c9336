namespace MnistML.Tests.Support;

/// <summary>A character on a screen.</summary>
/// <param name="Character">What is read there.</param>
/// <param name="Style">How it is drawn.</param>
internal readonly record struct TerminalCell(char Character, TerminalStyle Style);

/// <summary>How characters are drawn.</summary>
/// <param name="Ink">0xRRGGBB; null for the terminal's own.</param>
/// <param name="Paper">0xRRGGBB; null for the terminal's own.</param>
/// <param name="IsBold">Heavier.</param>
/// <param name="IsDim">Fainter.</param>
internal readonly record struct TerminalStyle(int? Ink, int? Paper, bool IsBold, bool IsDim)
{
    /// <summary>The sixteen colours that have names, for dark paper; terminals differ.</summary>
    private static readonly int[] Named =
    [
        0x2E3436, 0xCC4444, 0x5AA02C, 0xC4A000, 0x4A86CF, 0x9A6FB0, 0x06989A, 0xD3D7CF,
        0x7F8580, 0xEF5B5B, 0x8AE234, 0xFCE94F, 0x729FCF, 0xAD7FA8, 0x34E2E2, 0xEEEEEC,
    ];

    /// <summary>The style after a sequence ESC [ … m (ECMA-48, select graphic rendition).</summary>
    /// <param name="parameters">What is between ESC [ and m.</param>
    public TerminalStyle With(string parameters)
    {
        var style = this;
        var codes = new Queue<int>(parameters.Split(';').Select(code => int.TryParse(code, out var number) ? number : 0));
        while (codes.TryDequeue(out var code))
        {
            style = code switch
            {
                0 => default,
                1 => style with { IsBold = true },
                2 => style with { IsDim = true },
                22 => style with { IsBold = false, IsDim = false },
                >= 30 and <= 37 => style with { Ink = Named[code - 30] },
                38 => style with { Ink = ReadColor(codes) },
                39 => style with { Ink = null },
                >= 40 and <= 47 => style with { Paper = Named[code - 40] },
                48 => style with { Paper = ReadColor(codes) },
                49 => style with { Paper = null },
                >= 90 and <= 97 => style with { Ink = Named[code - 90 + 8] },
                >= 100 and <= 107 => style with { Paper = Named[code - 100 + 8] },
                _ => style,
            };
        }

        return style;
    }

    /// <summary>5;n of the palette of 256, or 2;r;g;b.</summary>
    private static int ReadColor(Queue<int> codes) => Next(codes) switch
    {
        5 => Palette(Next(codes)),
        2 => (Next(codes) << 16) | (Next(codes) << 8) | Next(codes),
        _ => 0,
    };

    private static int Next(Queue<int> codes) => codes.TryDequeue(out var code) ? code : 0;

    /// <summary>xterm's: 16 named colours, a cube of 6 × 6 × 6, and 24 greys.</summary>
    private static int Palette(int index)
    {
        if (index < 16)
        {
            return Named[index];
        }

        if (index >= 232)
        {
            return (8 + (10 * (index - 232))) * 0x010101;
        }

        var cube = index - 16;
        return (Level(cube / 36) << 16) | (Level(cube / 6 % 6) << 8) | Level(cube % 6);

        static int Level(int step) => step == 0 ? 0 : 55 + (40 * step);
    }
}
