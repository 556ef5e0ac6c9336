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

    /// <summary>A straight line that follows it has this share of the way at least in it.</summary>
    private const double MinProfile = MinCoverage / 3;

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
        var runs = InkRun.FindAll(ink);
        if (runs.DistinctBy(run => run.X).Count() < MinProfile * ink.Width)
        {
            return ink;
        }

        var slope = SharpestSlope(ink, runs);
        PrintedLine[] lines = [.. LinesAt(ink, runs, slope)];
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

    /// <summary>The slope at which the ink of each line falls into the fewest rows.</summary>
    private static double SharpestSlope(GreyImage ink, IReadOnlyList<InkRun> runs)
    {
        var coarse = Best(-MaxDegrees, MaxDegrees, CoarseDegrees);
        return Math.Tan(Best(coarse - CoarseDegrees, coarse + CoarseDegrees, FineDegrees) * Math.PI / 180);

        double Best(double from, double to, double step)
        {
            var (best, sharpest) = (0.0, -1.0);
            for (var degrees = from; degrees <= to + (step / 2); degrees += step)
            {
                var sharpness = 0.0;
                foreach (var count in Profile(ink, runs, Math.Tan(degrees * Math.PI / 180)))
                {
                    sharpness += (double)count * count;
                }

                if (sharpness > sharpest)
                {
                    (best, sharpest) = (degrees, sharpness);
                }
            }

            return best;
        }
    }

    /// <summary>How many inked pixels lie on each line of a slope, by the row in which it meets the middle column.</summary>
    private static int[] Profile(GreyImage ink, IReadOnlyList<InkRun> runs, double slope)
    {
        var margin = Margin(ink, slope);
        var profile = new int[ink.Height + (2 * margin)];
        var middle = ink.Width / 2;
        foreach (var run in runs)
        {
            var shift = margin - (int)Math.Round(slope * (run.X - middle));
            profile[run.Top + shift]++;
            profile[run.Bottom + 1 + shift]--;
        }

        // Until here, the changes from one row to the next.
        for (var i = 1; i < profile.Length; i++)
        {
            profile[i] += profile[i - 1];
        }

        return profile;
    }

    private static int Margin(GreyImage ink, double slope) => (int)Math.Ceiling(Math.Abs(slope) * ink.Width / 2) + 2;

    private static IEnumerable<PrintedLine> LinesAt(GreyImage ink, IReadOnlyList<InkRun> runs, double slope)
    {
        var profile = Profile(ink, runs, slope);
        var margin = Margin(ink, slope);
        for (var i = 1; i < profile.Length - 1; i++)
        {
            if (profile[i] < MinProfile * ink.Width || profile[i] < profile[i - 1] || profile[i] <= profile[i + 1])
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
