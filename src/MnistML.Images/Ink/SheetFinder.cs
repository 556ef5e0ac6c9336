namespace MnistML.Images.Ink;

/// <summary>
/// Finds a sheet of paper that lies on something: a large region of even brightness, convex, lighter than what is around it, and hardly at
/// the picture's rim.
/// </summary>
internal static class SheetFinder
{
    /// <summary>Ink is filled in first, up to this width, as a part of the picture's shorter side.</summary>
    private const double MaxStroke = 0.05;

    /// <summary>Neighbours that differ by more are not of one region.</summary>
    private const float MaxStep = 0.025f;

    /// <summary>A sheet covers this share of the picture at least.</summary>
    private const double MinArea = 0.08;

    /// <summary>It covers this share of the rim at most.</summary>
    private const double MaxRim = 0.35;

    /// <summary>Its rows from end to end are this share of its convex hull at least.</summary>
    private const double MinConvexity = 0.88;

    /// <summary>And this share of its rows from end to end; the rest is broad ink on it.</summary>
    private const double MinFilled = 0.6;

    /// <summary>It is lighter than the rest by this much.</summary>
    private const double MinContrast = 0.06;

    /// <summary>Of the picture's rim beside it this share is darker. Beside the paper within a digit there is more paper.</summary>
    private const double MinDarkRim = 0.7;

    /// <summary>There is ink on this share of it at least, this many pixels from its edge.</summary>
    private const double MinInk = 0.002;
    private const int EdgeWidth = 3;

    /// <summary>The sheet's own edge is left out, as a part of the picture's shorter side.</summary>
    private const double Margin = 0.015;

    /// <summary>Finds the sheet in a reduced picture; null if the paper fills it.</summary>
    public static Sheet? Find(GreyImage brightness)
    {
        var shorter = Math.Min(brightness.Width, brightness.Height);
        var paper = WindowFilter.Close(brightness, Math.Max((int)(MaxStroke * shorter / 2), 1));
        var regions = Regions(paper);
        foreach (var region in regions.OrderByDescending(region => region.Count))
        {
            if (region.Count < MinArea * paper.Values.Length)
            {
                return null;
            }

            if (RimShare(paper, region) <= MaxRim && IsLighter(paper, region))
            {
                var hull = ConvexHull(paper, region);
                var spanned = RowsOf(paper, region).Values.Sum(row => row.Last - row.First + 1);
                if (spanned >= MinConvexity * Area(hull) && region.Count >= MinFilled * spanned && IsRimDarker(paper, region)
                    && HoldsInk(brightness, region))
                {
                    return new Sheet(hull, paper.Width, paper.Height, Math.Max((int)Math.Round(Margin * shorter), 1));
                }
            }
        }

        return null;
    }

    private static List<List<int>> Regions(GreyImage paper)
    {
        var isFlat = FlatPixels(paper);
        var (seen, regions, open) = (new bool[paper.Values.Length], new List<List<int>>(), new Stack<int>());
        for (var start = 0; start < seen.Length; start++)
        {
            if (seen[start] || !isFlat[start])
            {
                continue;
            }

            var region = new List<int>();
            seen[start] = true;
            open.Push(start);
            while (open.TryPop(out var pixel))
            {
                region.Add(pixel);
                var (x, value) = (pixel % paper.Width, paper.Values[pixel]);
                if (x > 0)
                {
                    Visit(pixel - 1, value);
                }

                if (x < paper.Width - 1)
                {
                    Visit(pixel + 1, value);
                }

                if (pixel >= paper.Width)
                {
                    Visit(pixel - paper.Width, value);
                }

                if (pixel < seen.Length - paper.Width)
                {
                    Visit(pixel + paper.Width, value);
                }
            }

            regions.Add(region);
        }

        return regions;

        void Visit(int pixel, float value)
        {
            if (!seen[pixel] && isFlat[pixel] && Math.Abs(paper.Values[pixel] - value) <= MaxStep)
            {
                seen[pixel] = true;
                open.Push(pixel);
            }
        }
    }

    /// <summary>
    /// Which pixels hardly differ from those around them. An edge that is not quite upright changes slowly along its way, so that steps
    /// alone would lead from one of its sides to the other.
    /// </summary>
    private static bool[] FlatPixels(GreyImage paper)
    {
        var isFlat = new bool[paper.Values.Length];
        Array.Fill(isFlat, true);
        for (var y = 0; y < paper.Height; y++)
        {
            for (var x = 0; x < paper.Width; x++)
            {
                var pixel = (y * paper.Width) + x;
                Compare(pixel, pixel + 1, x < paper.Width - 1);
                Compare(pixel, pixel + paper.Width, y < paper.Height - 1);
            }
        }

        return isFlat;

        void Compare(int pixel, int other, bool isThere)
        {
            if (isThere && Math.Abs(paper.Values[pixel] - paper.Values[other]) > MaxStep)
            {
                (isFlat[pixel], isFlat[other]) = (false, false);
            }
        }
    }

    private static double RimShare(GreyImage paper, List<int> region)
    {
        var rim = region.Count(pixel => IsAtRim(paper, pixel));
        return rim / (2.0 * (paper.Width + paper.Height));
    }

    private static bool IsRimDarker(GreyImage paper, List<int> region)
    {
        var level = region.Average(pixel => (double)paper.Values[pixel]) - MinContrast;
        var isInRegion = new HashSet<int>(region.Where(pixel => IsAtRim(paper, pixel)));
        int[] beside = [.. Enumerable.Range(0, paper.Values.Length).Where(pixel => IsAtRim(paper, pixel) && !isInRegion.Contains(pixel))];
        return beside.Count(pixel => paper.Values[pixel] <= level) >= MinDarkRim * beside.Length;
    }

    private static bool IsAtRim(GreyImage paper, int pixel) => pixel % paper.Width == 0 || pixel % paper.Width == paper.Width - 1
        || pixel / paper.Width == 0 || pixel / paper.Width == paper.Height - 1;

    /// <summary>
    /// Whether there is ink on it, apart from its edge: strokes that were filled in, and broad ones that were not and so are holes in it.
    /// The paper within a large digit has none.
    /// </summary>
    private static bool HoldsInk(GreyImage brightness, List<int> region)
    {
        var ink = region.Average(pixel => (double)brightness.Values[pixel]) - MinContrast;
        var rows = RowsOf(brightness, region);
        var (first, last) = (rows.Keys.First() + EdgeWidth, rows.Keys.Last() - EdgeWidth);
        var count = 0;
        foreach (var (y, ends) in rows.Where(row => row.Key >= first && row.Key <= last))
        {
            for (var x = ends.First + EdgeWidth; x <= ends.Last - EdgeWidth; x++)
            {
                count += brightness[x, y] <= ink ? 1 : 0;
            }
        }

        return count >= MinInk * region.Count;
    }

    private static bool IsLighter(GreyImage paper, List<int> region)
    {
        var inside = region.Average(pixel => (double)paper.Values[pixel]);
        var all = paper.Values.Average(value => (double)value);
        var share = (double)region.Count / paper.Values.Length;
        return inside - ((all - (share * inside)) / (1 - share)) >= MinContrast;
    }

    /// <summary>Andrew's monotone chain, over the first and the last pixel of each row.</summary>
    private static List<(int X, int Y)> ConvexHull(GreyImage paper, List<int> region)
    {
        var ends = RowsOf(paper, region);
        (int X, int Y)[] left = [.. ends.Select(row => (row.Value.First, row.Key))];
        (int X, int Y)[] right = [.. ends.Select(row => (row.Value.Last, row.Key))];
        return [.. Chain(right, 1), .. Chain(left, -1).AsEnumerable().Reverse()];

        static List<(int X, int Y)> Chain((int X, int Y)[] points, int side)
        {
            var chain = new List<(int X, int Y)>();
            foreach (var point in points)
            {
                while (chain.Count >= 2 && side * Cross(chain[^2], chain[^1], point) <= 0)
                {
                    chain.RemoveAt(chain.Count - 1);
                }

                chain.Add(point);
            }

            return chain;
        }

        static long Cross((int X, int Y) o, (int X, int Y) a, (int X, int Y) b) =>
            ((long)(a.X - o.X) * (b.Y - o.Y)) - ((long)(a.Y - o.Y) * (b.X - o.X));
    }

    /// <summary>The first and the last column of a region in each row.</summary>
    private static SortedDictionary<int, (int First, int Last)> RowsOf(GreyImage paper, List<int> region)
    {
        var rows = new SortedDictionary<int, (int First, int Last)>();
        foreach (var pixel in region)
        {
            var (x, y) = (pixel % paper.Width, pixel / paper.Width);
            rows[y] = rows.TryGetValue(y, out var row) ? (Math.Min(row.First, x), Math.Max(row.Last, x)) : (x, x);
        }

        return rows;
    }

    private static double Area(List<(int X, int Y)> hull)
    {
        var twice = 0L;
        for (var i = 0; i < hull.Count; i++)
        {
            var (one, other) = (hull[i], hull[(i + 1) % hull.Count]);
            twice += ((long)one.X * other.Y) - ((long)other.X * one.Y);
        }

        return Math.Abs(twice) / 2.0;
    }
}
