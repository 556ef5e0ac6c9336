using System.Globalization;

namespace MnistML.Tests.Support;

/// <summary>The ten digits as three hands draw them: strokes of points from 0 to 100, from left to right and from the top down.</summary>
internal static class HandwrittenDigits
{
    /// <summary>As at school: upright, 1 and 7 plain, 4 open.</summary>
    private static readonly string[] Upright =
    [
        "50,15 36,22 29,40 29,58 35,76 49,85 63,78 71,60 71,40 65,23 51,15",
        "52,15 51,40 50,62 50,86",
        "31,32 37,20 51,15 65,21 68,34 61,48 47,63 33,82 50,81 71,82",
        "33,22 47,15 63,20 65,34 56,45 46,48 60,52 69,64 66,78 51,85 34,80",
        "38,16 34,36 31,54 50,54 72,53 | 62,22 61,50 60,86",
        "38,18 36,33 35,46 50,42 64,49 68,64 61,79 47,85 32,80 | 38,18 52,17 66,17",
        "61,16 46,27 36,44 32,62 36,78 49,86 63,80 67,67 60,56 47,54 36,62",
        "30,20 50,19 70,19 62,40 53,62 46,86",
        "63,26 51,16 39,22 38,34 50,46 63,58 66,72 56,84 43,83 34,72 39,58 52,46 63,34 62,25",
        "65,30 56,18 43,18 34,30 37,44 50,49 62,42 66,29 65,46 63,64 59,86",
    ];

    /// <summary>Slanted and quick: the 1 with a short flag, the 7 with a bar, the 4 closed by its own stroke, the 2 with a loop.</summary>
    private static readonly string[] Slanted =
    [
        "58,14 42,24 32,44 30,64 38,82 52,82 66,64 72,42 70,22 58,14",
        "46,28 58,15 54,38 49,62 44,87",
        "36,30 46,17 62,15 70,27 62,46 46,64 33,80 40,74 50,79 62,84 74,78",
        "40,20 54,13 68,20 66,34 52,46 64,52 68,66 58,80 42,86 29,78",
        "46,14 38,34 30,56 48,57 70,54 | 66,34 60,58 55,88",
        "70,16 56,17 44,18 40,32 36,46 52,44 63,53 62,70 50,83 30,82",
        "66,14 50,26 39,46 32,66 38,82 52,84 64,72 64,58 52,54 40,62 35,70",
        "34,18 54,17 74,16 64,36 54,58 44,88 | 40,50 54,49 68,48",
        "68,24 56,14 44,20 44,34 54,46 60,60 58,76 46,86 34,80 34,66 46,52 60,38 68,24",
        "70,26 60,15 46,20 40,34 46,46 58,44 68,30 66,50 58,70 50,88",
    ];

    /// <summary>Small and round, to one side: a wide 0, a leaning 1, the 5 in one stroke, the 9 with a bent tail.</summary>
    private static readonly string[] Round =
    [
        "44,34 33,38 26,50 29,63 41,70 55,66 61,54 57,40 45,34",
        "40,30 42,44 44,58 46,74",
        "28,44 35,34 47,34 52,43 45,54 35,63 27,72 41,71 55,72",
        "28,36 40,31 50,36 48,46 37,51 49,55 53,64 44,73 29,71",
        "33,32 29,46 27,55 41,56 54,55 | 46,44 45,58 45,76",
        "52,31 42,32 33,32 32,42 31,51 43,48 52,55 51,66 41,74 28,71",
        "45,28 35,38 29,52 30,66 40,74 51,69 52,58 43,53 32,60",
        "27,33 40,32 54,32 49,45 43,58 38,75",
        "49,36 41,30 32,35 34,44 44,51 51,60 48,70 38,74 29,68 31,58 41,50 49,43 50,36",
        "50,39 42,31 32,35 30,46 38,52 48,47 51,38 51,52 49,66 41,75 31,72",
    ];

    /// <summary>The hands, each with its ten digits in order.</summary>
    public static IReadOnlyList<IReadOnlyList<string>> Hands { get; } = [Upright, Slanted, Round];

    /// <summary>A form that is no digit: a triangle with a dot in it.</summary>
    public const string Triangle = "50,18 24,76 76,76 50,18 | 49,56 51,58";

    /// <summary>Smooth curves through the points.</summary>
    public static IEnumerable<(double X, double Y)[]> Parse(string strokes) =>
        from stroke in strokes.Split('|', StringSplitOptions.TrimEntries)
        select Smooth([.. stroke.Split(' ').Select(point => point.Split(',')).Select(
            parts => (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture)))]);

    /// <summary>Catmull and Rom's splines.</summary>
    private static (double X, double Y)[] Smooth((double X, double Y)[] points)
    {
        const int Pieces = 4;
        var curve = new List<(double X, double Y)> { points[0] };
        for (var i = 0; i + 1 < points.Length; i++)
        {
            var (p0, p1, p2, p3) = (points[Math.Max(i - 1, 0)], points[i], points[i + 1], points[Math.Min(i + 2, points.Length - 1)]);
            for (var piece = 1; piece <= Pieces; piece++)
            {
                var t = (double)piece / Pieces;
                curve.Add((At(p0.X, p1.X, p2.X, p3.X, t), At(p0.Y, p1.Y, p2.Y, p3.Y, t)));
            }
        }

        return [.. curve];
    }

    private static double At(double a, double b, double c, double d, double t) =>
        b + (0.5 * t * (c - a + (t * ((2 * a) - (5 * b) + (4 * c) - d + (t * ((3 * (b - c)) + d - a))))));
}
