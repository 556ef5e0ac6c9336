namespace MnistML.Images.Ink;

/// <summary>
/// Takes away printed lines: long, thin, straight, of even thickness. Where a stroke crosses a line, ink is thicker than the line, and
/// stays (as staff lines are removed from scanned music; Fujinaga, "Staff detection and removal", 2004).
/// </summary>
internal static class Ruling
{
    private const double MaxDegrees = 22;
    private const double CoarseDegrees = 0.5;
    private const double FineDegrees = 0.1;

    /// <summary>Ruling covers this share of the way across the picture.</summary>
    private const double MinCoverage = 0.6;

    /// <summary>Fewer lines than this might be strokes of a digit.</summary>
    private const int SureLineCount = 3;

    /// <summary>So they must cover more of the way, and be thinner than this share of the strokes that remain.</summary>
    private const double MinCoverageOfFew = 0.8;
    private const double MaxThicknessOfFew = 0.7;

    /// <summary>The ink without lines across the picture or down it.</summary>
    public static GreyImage Remove(GreyImage ink)
    {
        var withoutRows = RemoveAcross(ink);
        return RemoveAcross(withoutRows.Transpose()).Transpose();
    }

    private static GreyImage RemoveAcross(GreyImage ink)
    {
        var points = PointsOf(ink);
        if (points.Length == 0)
        {
            return ink;
        }

        var slope = SharpestSlope(ink, points);
        PrintedLine[] lines = [.. LinesAt(ink, points, slope)];
        if (lines.Length == 0)
        {
            return ink;
        }

        var rest = ink.Crop(0, 0, ink.Width, ink.Height);
        foreach (var line in lines)
        {
            line.EraseFrom(rest);
        }

        if (lines.Length >= SureLineCount)
        {
            return rest;
        }

        var strokes = InkPiece.FindAll(rest);
        if (strokes.Count == 0)
        {
            return ink;
        }

        var largest = strokes.MaxBy(stroke => stroke.Mass)!;
        var width = Normalization.Stroke.MeanWidth(InkPiece.Draw([largest]).Image);
        var isRuling = lines.All(line => line.Coverage >= MinCoverageOfFew && line.Thickness <= MaxThicknessOfFew * width)
            && largest.Mass >= lines.Max(line => line.Thickness * line.Thickness);
        return isRuling ? rest : ink;
    }

    private static (int X, int Y)[] PointsOf(GreyImage ink)
    {
        var points = new List<(int, int)>();
        for (var y = 0; y < ink.Height; y++)
        {
            for (var x = 0; x < ink.Width; x++)
            {
                if (ink[x, y] > 0)
                {
                    points.Add((x, y));
                }
            }
        }

        return [.. points];
    }

    /// <summary>The slope at which the ink of each line falls into the fewest rows.</summary>
    private static double SharpestSlope(GreyImage ink, (int X, int Y)[] points)
    {
        var coarse = Best(-MaxDegrees, MaxDegrees, CoarseDegrees);
        return Math.Tan(Best(coarse - CoarseDegrees, coarse + CoarseDegrees, FineDegrees) * Math.PI / 180);

        double Best(double from, double to, double step)
        {
            var (best, sharpest) = (0.0, -1.0);
            for (var degrees = from; degrees <= to + (step / 2); degrees += step)
            {
                var sharpness = Profile(ink, points, Math.Tan(degrees * Math.PI / 180)).Sum(count => (double)count * count);
                if (sharpness > sharpest)
                {
                    (best, sharpest) = (degrees, sharpness);
                }
            }

            return best;
        }
    }

    /// <summary>How many points lie on each line of a slope, by the row in which it meets the middle column.</summary>
    private static int[] Profile(GreyImage ink, (int X, int Y)[] points, double slope)
    {
        var margin = Margin(ink, slope);
        var profile = new int[ink.Height + (2 * margin)];
        var middle = ink.Width / 2;
        foreach (var (x, y) in points)
        {
            profile[(int)Math.Round(y - (slope * (x - middle))) + margin]++;
        }

        return profile;
    }

    private static int Margin(GreyImage ink, double slope) => (int)Math.Ceiling(Math.Abs(slope) * ink.Width / 2) + 2;

    private static IEnumerable<PrintedLine> LinesAt(GreyImage ink, (int X, int Y)[] points, double slope)
    {
        var profile = Profile(ink, points, slope);
        var margin = Margin(ink, slope);
        for (var i = 1; i < profile.Length - 1; i++)
        {
            if (profile[i] < MinCoverage / 3 * ink.Width || profile[i] < profile[i - 1] || profile[i] <= profile[i + 1])
            {
                continue;
            }

            var line = PrintedLine.Follow(ink, i - margin, slope);
            if (line is not null && line.Coverage >= MinCoverage)
            {
                yield return line;
            }
        }
    }
}
