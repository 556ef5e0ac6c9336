namespace MnistML.Images.Ink;

/// <summary>A line that was followed across the picture.</summary>
internal sealed class PrintedLine
{
    /// <summary>Pixels that a line may be off the straight one at its beginning.</summary>
    private const int Tolerance = 3;

    /// <summary>Where ink is thicker than this many times the line's thickness and these pixels, something crosses it.</summary>
    private const double CrossingFactor = 1.5;
    private const double CrossingPixels = 1.5;

    /// <summary>How fast a line is followed that is not quite straight.</summary>
    private const double Following = 0.15;

    /// <summary>It is thin on this share of its way at least, and this thick at most, as a part of the picture's longer side.</summary>
    private const double MinThin = 0.6;
    private const double MaxThicknessOfPicture = 0.03;

    private readonly List<(int X, int Top, int Bottom)> _runs;

    private PrintedLine(List<(int X, int Top, int Bottom)> runs, int columnCount)
    {
        _runs = runs;
        int[] thicknesses = [.. runs.Select(run => run.Bottom - run.Top + 1).Order()];
        Thickness = thicknesses[thicknesses.Length / 2];
        Coverage = (double)runs.Count / columnCount;
    }

    /// <summary>The median of its thickness, in pixels.</summary>
    public int Thickness { get; }

    /// <summary>The share of the way across the picture where there is ink on it.</summary>
    public double Coverage { get; }

    /// <summary>The greatest thickness that is the line's alone.</summary>
    private double MaxThickness => (CrossingFactor * Thickness) + CrossingPixels;

    /// <summary>Follows a line; null if it is no thin one.</summary>
    public static PrintedLine? Follow(GreyImage ink, int middleRow, double slope)
    {
        var runs = new List<(int X, int Top, int Bottom)>();
        var middle = ink.Width / 2;
        var (right, rightCount) = Walk(middle, 1);
        var (left, leftCount) = Walk(middle - 1, -1);
        runs.AddRange(left);
        runs.AddRange(right);
        if (runs.Count == 0)
        {
            return null;
        }

        var line = new PrintedLine(runs, leftCount + rightCount);
        var thin = runs.Count(run => run.Bottom - run.Top + 1 <= line.MaxThickness);
        return thin >= MinThin * runs.Count && line.Thickness <= Math.Max(MaxThicknessOfPicture * Math.Max(ink.Width, ink.Height), 2)
            ? line
            : null;

        (List<(int X, int Top, int Bottom)> Runs, int Count) Walk(int start, int step)
        {
            var (found, count, drift) = (new List<(int, int, int)>(), 0, 0.0);
            for (var x = start; x >= 0 && x < ink.Width; x += step)
            {
                var row = (int)Math.Round(middleRow + (slope * (x - middle)) + drift);
                if (row < 0 || row >= ink.Height)
                {
                    continue;
                }

                count++;
                if (RunNear(ink, x, row) is { } run)
                {
                    found.Add((x, run.Top, run.Bottom));
                    if (run.Bottom - run.Top <= 2 * Tolerance)
                    {
                        drift += Following * (((run.Top + run.Bottom) / 2.0) - row);
                    }
                }
            }

            return (found, count);
        }
    }

    public void EraseFrom(GreyImage ink)
    {
        foreach (var (x, top, bottom) in _runs)
        {
            if (bottom - top + 1 <= MaxThickness)
            {
                for (var y = top; y <= bottom; y++)
                {
                    ink[x, y] = 0;
                }
            }
        }
    }

    private static (int Top, int Bottom)? RunNear(GreyImage ink, int x, int row)
    {
        for (var off = 0; off <= Tolerance; off++)
        {
            foreach (var y in (int[])[row - off, row + off])
            {
                if (y >= 0 && y < ink.Height && ink[x, y] > 0)
                {
                    var (top, bottom) = (y, y);
                    while (top > 0 && ink[x, top - 1] > 0)
                    {
                        top--;
                    }

                    while (bottom < ink.Height - 1 && ink[x, bottom + 1] > 0)
                    {
                        bottom++;
                    }

                    return (top, bottom);
                }
            }
        }

        return null;
    }
}
