namespace MnistML.Images.Ink;

/// <summary>A sheet of paper within a picture.</summary>
/// <param name="hull">The corners of its outline, in pixels of the reduced picture.</param>
/// <param name="width">The reduced picture's width.</param>
/// <param name="height">Its height.</param>
/// <param name="margin">How much of the sheet's rim is left out, in its pixels.</param>
internal sealed class Sheet(IReadOnlyList<(int X, int Y)> hull, int width, int height, int margin)
{
    /// <summary>The picture with all that is beside the sheet as light as the sheet's nearest part in the row, cut to the sheet.</summary>
    public (GreyImage Image, int Left, int Top) CutFrom(GreyImage picture)
    {
        var (scaleX, scaleY) = ((double)picture.Width / width, (double)picture.Height / height);
        var rows = Enumerable.Range(0, picture.Height).Select(y => RowOf(y / scaleY) is { } row
            ? (First: (int)Math.Ceiling((row.First + margin) * scaleX), Last: (int)Math.Floor((row.Last - margin) * scaleX))
            : (First: 0, Last: -1)).ToArray();
        var top = Array.FindIndex(rows, IsWide) + (int)(margin * scaleY);
        var bottom = Array.FindLastIndex(rows, IsWide) - (int)(margin * scaleY);
        var left = rows.Where(IsWide).Min(row => row.First);
        var right = Math.Min(rows.Where(IsWide).Max(row => row.Last), picture.Width - 1);
        if (bottom <= top || right <= left)
        {
            return (picture, 0, 0);
        }

        var cut = picture.Crop(left, top, right - left + 1, bottom - top + 1);
        for (var y = 0; y < cut.Height; y++)
        {
            var row = cut.RowAt(y);
            var (first, last) = (Math.Max(rows[top + y].First - left, 0), Math.Min(rows[top + y].Last - left, row.Length - 1));
            if (first <= last)
            {
                row[..first].Fill(row[first]);
                row[(last + 1)..].Fill(row[last]);
            }
        }

        return (cut, left, top);

        static bool IsWide((int First, int Last) row) => row.Last > row.First;
    }

    /// <summary>Where the outline begins and ends in a row.</summary>
    private (double First, double Last)? RowOf(double y)
    {
        var (first, last) = (double.MaxValue, double.MinValue);
        for (var i = 0; i < hull.Count; i++)
        {
            var (one, other) = (hull[i], hull[(i + 1) % hull.Count]);
            if (Math.Min(one.Y, other.Y) <= y && y <= Math.Max(one.Y, other.Y))
            {
                var x = one.Y == other.Y ? one.X : one.X + ((y - one.Y) / (other.Y - one.Y) * (other.X - one.X));
                (first, last) = (Math.Min(first, Math.Min(x, one.Y == other.Y ? other.X : x)), Math.Max(last, x));
            }
        }

        return first <= last ? (first, last) : null;
    }
}
