namespace MnistML.Samples.Pictures;

/// <summary>Ink that hangs together, over corners too.</summary>
internal sealed class InkPiece
{
    private readonly List<int> _places = [];

    private InkPiece(GreyImage ink, int start, bool[] seen)
    {
        var (left, top, right, bottom) = (ink.Width, ink.Height, 0, 0);
        var open = new Stack<int>([start]);
        seen[start] = true;
        while (open.TryPop(out var place))
        {
            _places.Add(place);
            Ink += ink.Values[place];
            var (x, y) = (place % ink.Width, place / ink.Width);
            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
            for (var nearY = Math.Max(y - 1, 0); nearY <= Math.Min(y + 1, ink.Height - 1); nearY++)
            {
                for (var nearX = Math.Max(x - 1, 0); nearX <= Math.Min(x + 1, ink.Width - 1); nearX++)
                {
                    var near = (nearY * ink.Width) + nearX;
                    if (!seen[near] && ink.Values[near] > 0)
                    {
                        seen[near] = true;
                        open.Push(near);
                    }
                }
            }
        }

        MaxSide = Math.Max(right - left, bottom - top) + 1;
        TouchesBorder = left == 0 || top == 0 || right == ink.Width - 1 || bottom == ink.Height - 1;
    }

    /// <summary>Its pixels' places in the image.</summary>
    public IReadOnlyList<int> Places => _places;

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
        for (var place = 0; place < seen.Length; place++)
        {
            if (!seen[place] && ink.Values[place] > 0)
            {
                pieces.Add(new InkPiece(ink, place, seen));
            }
        }

        return pieces;
    }
}
