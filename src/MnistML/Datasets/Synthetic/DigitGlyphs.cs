using static MnistML.Datasets.Synthetic.DigitStroke;

namespace MnistML.Datasets.Synthetic;

/// <summary>Shapes of digits: for each of them several ways to write it, each a list of strokes.</summary>
/// <remarks>
/// Points are hundredths of a box, x to the right and y downwards, the way the pen goes. What tells two classes apart is exaggerated a
/// little, so that no bend or slant makes one look like the other: a 1 has a short flag, a 9 a closed head, an open 4 two free tips.
/// </remarks>
internal sealed class DigitGlyphs
{
    private readonly DigitStroke[][][] _waysByDigit;

    /// <param name="digits">The digits, ascending.</param>
    /// <param name="waysByDigit">The ways to write each of them.</param>
    private DigitGlyphs(byte[] digits, DigitStroke[][][] waysByDigit) => (Digits, _waysByDigit) = (digits, waysByDigit);

    /// <summary>All ten digits.</summary>
    public static DigitGlyphs Usual { get; } = new([0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [
        [ // 0: narrow; round; begun at the right with the ends crossing
            [Curve(54, 0, 32, 12, 22, 44, 26, 80, 46, 99, 66, 90, 78, 56, 74, 18, 54, 0, 44, 4)],
            [Curve(50, 2, 22, 12, 8, 46, 18, 84, 48, 98, 80, 86, 92, 50, 80, 14, 50, 2, 40, 4)],
            [Curve(72, 14, 48, 2, 24, 22, 18, 60, 34, 94, 62, 94, 82, 62, 80, 26, 62, 6, 50, 10)],
        ],
        [ // 1: a stick; with a flag; with a flag and a base
            [Line(50, 0, 50, 100)],
            [Line(34, 22, 52, 0, 52, 100)],
            [Line(34, 20, 52, 0, 52, 100), Line(30, 100, 74, 100)],
        ],
        [ // 2: flat base; base with a loop; wavy base
            [Curve(18, 24, 30, 6, 52, 0, 74, 10, 78, 32, 62, 58, 40, 80, 18, 98), Line(18, 98, 86, 98)],
            [Curve(20, 20, 36, 2, 62, 2, 76, 22, 66, 52, 42, 82, 22, 96, 14, 86, 28, 78, 48, 88, 66, 98, 88, 92)],
            [Curve(22, 20, 44, 2, 68, 8, 76, 28, 60, 58, 38, 80, 16, 96), Curve(16, 96, 36, 90, 58, 96, 86, 90)],
        ],
        [ // 3: two bows; flat top; two bows with a nose reaching far in
            [Curve(22, 12, 44, 0, 68, 6, 74, 24, 62, 42, 42, 47), Curve(42, 47, 66, 50, 80, 68, 70, 90, 44, 100, 18, 88)],
            [Line(22, 2, 76, 2, 46, 40), Curve(46, 40, 72, 46, 80, 68, 68, 92, 44, 100, 18, 90)],
            [Curve(18, 8, 46, 0, 70, 10, 68, 32, 48, 44, 30, 48, 50, 48, 74, 58, 76, 82, 54, 98, 14, 94)],
        ],
        [ // 4: open with straight lines; closed; open with a round bow
            [Line(30, 2, 18, 56, 86, 54), Line(68, 14, 62, 100)],
            [Line(62, 0, 12, 64, 90, 64), Line(62, 0, 62, 100)],
            [Curve(20, 2, 18, 30, 28, 50, 52, 52, 74, 44), Line(78, 4, 70, 100)],
        ],
        [ // 5: angular in two strokes; with a bow at the corner; begun at the hat
            [Line(80, 2, 32, 2, 26, 42), Curve(26, 42, 50, 36, 74, 48, 78, 74, 56, 98, 18, 92)],
            [Line(34, 4, 28, 44), Curve(28, 44, 56, 40, 78, 58, 74, 86, 48, 100, 16, 90), Line(34, 4, 86, 0)],
            [Curve(82, 2, 58, 4, 38, 8, 30, 24, 34, 40, 58, 50, 72, 68, 62, 92, 38, 100, 16, 92)],
        ],
        [ // 6: bent tail; straight tail; a large belly
            [Curve(72, 4, 44, 16, 24, 46, 22, 78, 44, 99, 70, 90, 76, 68, 56, 54, 34, 62, 23, 78)],
            [Curve(58, 0, 38, 32, 24, 66, 34, 94, 58, 98, 74, 80, 66, 60, 46, 58, 26, 74)],
            [Curve(60, 0, 36, 16, 20, 46, 20, 76, 40, 98, 70, 96, 84, 74, 70, 52, 42, 54, 22, 70)],
        ],
        [ // 7: plain; with a bar; a wave and a bent stem
            [Line(12, 4, 84, 4, 34, 100)],
            [Line(12, 4, 84, 4, 40, 100), Line(32, 52, 82, 50)],
            [Curve(10, 14, 30, 4, 58, 8, 86, 2), Curve(86, 2, 60, 36, 46, 66, 38, 100)],
        ],
        [ // 8: one stroke with a crossing; two rings; one stroke begun in the middle
            [Curve(76, 14, 54, 0, 32, 8, 30, 28, 52, 46, 72, 64, 74, 88, 50, 100, 26, 90, 28, 66, 50, 46, 72, 28, 76, 14, 64, 3)],
            [
                Curve(50, 0, 34, 6, 27, 22, 34, 38, 50, 44, 66, 38, 73, 22, 66, 6, 50, 0, 42, 2),
                Curve(50, 44, 30, 53, 22, 72, 30, 92, 50, 100, 70, 92, 78, 72, 70, 53, 50, 44, 40, 47),
            ],
            [Curve(48, 50, 28, 34, 30, 10, 50, 0, 72, 10, 72, 30, 48, 50, 24, 70, 26, 92, 48, 100, 74, 92, 74, 70, 48, 50, 38, 44)],
        ],
        [ // 9: straight tail; bent tail; leaning tail
            [Curve(74, 16, 50, 0, 24, 12, 22, 38, 44, 53, 66, 42, 76, 18), Line(76, 14, 70, 100)],
            [Curve(76, 16, 52, 0, 26, 10, 22, 36, 44, 50, 66, 40, 76, 16), Curve(76, 14, 80, 50, 72, 84, 50, 100, 26, 92)],
            [Curve(78, 18, 56, 0, 28, 10, 20, 34, 38, 51, 62, 44, 78, 18), Curve(78, 18, 70, 50, 58, 76, 46, 100)],
        ],
    ]);

    /// <summary>The 1 and the 7 as much of Europe writes them.</summary>
    public static DigitGlyphs Continental { get; } = new([1, 7],
    [
        [ // 1: a flag to the middle; a bent one; a shorter one with a base; a long one with a base
            [Line(16, 46, 58, 0, 58, 100)],
            [Curve(12, 52, 30, 38, 46, 18, 58, 0), Line(58, 0, 56, 100)],
            [Line(26, 32, 54, 0, 54, 100), Line(24, 100, 84, 100)],
            [Line(14, 42, 52, 0, 52, 100), Line(26, 100, 78, 98)],
        ],
        [ // 7: with a bar; a wave, a bent stem and a bar; with a serif; with a serif and a bar
            [Line(10, 4, 86, 4, 42, 100), Line(28, 50, 84, 48)],
            [Curve(10, 14, 30, 4, 58, 8, 86, 2), Curve(86, 2, 60, 36, 46, 66, 38, 100), Line(30, 52, 80, 48)],
            [Line(12, 22, 12, 4, 86, 4, 40, 100)],
            [Line(10, 20, 12, 4, 84, 4, 38, 100), Line(30, 54, 80, 52)],
        ],
    ]);

    /// <summary>The digits that there are shapes of, ascending.</summary>
    public byte[] Digits { get; }

    /// <summary>The strokes of one way to write the digit; every way is equally likely.</summary>
    /// <param name="digit">One of <see cref="Digits"/>.</param>
    /// <param name="random">Moved on by one draw.</param>
    public DigitStroke[] Pick(byte digit, ref DigitRandom random)
    {
        var ways = _waysByDigit[Digits.IndexOf(digit)];
        return ways[random.Below(ways.Length)];
    }
}
