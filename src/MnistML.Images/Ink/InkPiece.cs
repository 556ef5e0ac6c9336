namespace MnistML.Images.Ink;

/// <summary>A connected piece of ink; pixels that touch at a corner are connected.</summary>
internal sealed class InkPiece
{
    private readonly List<int> _pixels = [];

    private InkPiece(GreyImage ink, int start, bool[] seen)
    {
        var (left, top, right, bottom) = (ink.Width, ink.Height, 0, 0);
        var open = new Stack<int>([start]);
        seen[start] = true;
        while (open.TryPop(out var pixel))
        {
            _pixels.Add(pixel);
            Ink += ink.Values[pixel];
            var (x, y) = (pixel % ink.Width, pixel / ink.Width);
            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
            for (var nearY = Math.Max(y - 1, 0); nearY <= Math.Min(y + 1, ink.Height - 1); nearY++)
            {
                for (var nearX = Math.Max(x - 1, 0); nearX <= Math.Min(x + 1, ink.Width - 1); nearX++)
                {
                    var neighbour = (nearY * ink.Width) + nearX;
                    if (!seen[neighbour] && ink.Values[neighbour] > 0)
                    {
                        seen[neighbour] = true;
                        open.Push(neighbour);
                    }
                }
            }
        }

        MaxSide = Math.Max(right - left, bottom - top) + 1;
        TouchesBorder = left == 0 || top == 0 || right == ink.Width - 1 || bottom == ink.Height - 1;
    }

    /// <summary>The indices of its pixels in the image.</summary>
    public IReadOnlyList<int> Pixels => _pixels;

    /// <summary>How much ink it has: the sum over its pixels.</summary>
    public double Ink { get; }

    /// <summary>The longer side of the rectangle around it, in pixels.</summary>
    public int MaxSide { get; }

    /// <summary>Whether it reaches the edge of the picture.</summary>
    public bool TouchesBorder { get; }

    /// <summary>The pieces of an image.</summary>
    public static IReadOnlyList<InkPiece> FindAll(GreyImage ink)
    {
        var seen = new bool[ink.Values.Length];
        var pieces = new List<InkPiece>();
        for (var pixel = 0; pixel < seen.Length; pixel++)
        {
            if (!seen[pixel] && ink.Values[pixel] > 0)
            {
                pieces.Add(new InkPiece(ink, pixel, seen));
            }
        }

        return pieces;
    }
}
