namespace MnistML.Images.Ink;

/// <summary>A connected piece of ink; pixels that touch at a corner are connected.</summary>
internal sealed class InkPiece
{
    /// <summary>Ink above this share of full ink connects pixels; less is an edge, or what is left between two strokes.</summary>
    private const float Connecting = 0.4f;

    private readonly List<int> _pixels = [];

    private InkPiece(GreyImage ink)
    {
        Ink = ink;
    }

    /// <summary>The image that it is a piece of.</summary>
    public GreyImage Ink { get; }

    /// <summary>The indices of its pixels in the image.</summary>
    public IReadOnlyList<int> Pixels => _pixels;

    /// <summary>How much ink it has: the sum over its pixels.</summary>
    public double Mass { get; private set; }

    /// <summary>The rectangle around it.</summary>
    public PixelBox Box { get; private set; }

    /// <summary>The longer side of the rectangle around it, in pixels.</summary>
    public int MaxSide => Math.Max(Box.Width, Box.Height);

    /// <summary>Whether it reaches the edge of the image.</summary>
    public bool TouchesEdge =>
        Box.Left == 0 || Box.Top == 0 || Box.Left + Box.Width == Ink.Width || Box.Top + Box.Height == Ink.Height;

    /// <summary>The pieces of an image.</summary>
    /// <param name="ink">From 0 to 1.</param>
    public static IReadOnlyList<InkPiece> FindAll(GreyImage ink)
    {
        var owners = new int[ink.Values.Length];
        var pieces = new List<InkPiece>();
        var open = new Queue<int>();
        for (var pixel = 0; pixel < owners.Length; pixel++)
        {
            if (owners[pixel] == 0 && ink.Values[pixel] >= Connecting)
            {
                var piece = new InkPiece(ink);
                pieces.Add(piece);
                owners[pixel] = pieces.Count;
                open.Enqueue(pixel);
                piece.Take(owners, pieces.Count, open, Connecting);
            }
        }

        // The grey edges go to the piece that they are nearest to.
        foreach (var (index, piece) in pieces.Index())
        {
            foreach (var pixel in piece._pixels)
            {
                open.Enqueue(pixel);
            }
        }

        while (open.TryDequeue(out var pixel))
        {
            var (owner, value) = (owners[pixel], ink.Values[pixel]);
            var (top, bottom, left, right) = AroundOf(ink, pixel);
            for (var row = top; row <= bottom; row += ink.Width)
            {
                for (var neighbour = row + left; neighbour <= row + right; neighbour++)
                {
                    if (owners[neighbour] == 0 && ink.Values[neighbour] > 0 && ink.Values[neighbour] < value)
                    {
                        owners[neighbour] = owner;
                        pieces[owner - 1]._pixels.Add(neighbour);
                        open.Enqueue(neighbour);
                    }
                }
            }
        }

        foreach (var piece in pieces)
        {
            piece.Measure();
        }

        return pieces;
    }

    /// <summary>Its pixels that lie where a rule says, as a piece; null if there are none.</summary>
    /// <param name="isTaken">Takes a column and a row of the image.</param>
    public InkPiece? PartWhere(Func<int, int, bool> isTaken)
    {
        var part = new InkPiece(Ink);
        part._pixels.AddRange(_pixels.Where(pixel => isTaken(pixel % Ink.Width, pixel / Ink.Width)));
        part.Measure();
        return part._pixels.Count > 0 ? part : null;
    }

    /// <summary>Draws some pieces, and nothing else, as an image that is cut to them.</summary>
    public static (GreyImage Image, PixelBox Box) Draw(IReadOnlyList<InkPiece> pieces)
    {
        var box = BoxOf(pieces.Select(piece => piece.Box));
        var image = new GreyImage(box.Width, box.Height);
        foreach (var piece in pieces)
        {
            foreach (var pixel in piece._pixels)
            {
                var (x, y) = (pixel % piece.Ink.Width, pixel / piece.Ink.Width);
                image[x - box.Left, y - box.Top] = piece.Ink.Values[pixel];
            }
        }

        return (image, box);
    }

    /// <summary>The rectangle around rectangles.</summary>
    public static PixelBox BoxOf(IEnumerable<PixelBox> boxes)
    {
        var (left, top, right, bottom) = (int.MaxValue, int.MaxValue, 0, 0);
        foreach (var box in boxes)
        {
            (left, top) = (Math.Min(left, box.Left), Math.Min(top, box.Top));
            (right, bottom) = (Math.Max(right, box.Left + box.Width), Math.Max(bottom, box.Top + box.Height));
        }

        return new PixelBox(left, top, right - left, bottom - top);
    }

    /// <summary>The pixels around one: the beginnings of their first and last row, and their first and last column.</summary>
    private static (int Top, int Bottom, int Left, int Right) AroundOf(GreyImage ink, int pixel)
    {
        var y = Math.DivRem(pixel, ink.Width, out var x);
        return (Math.Max(y - 1, 0) * ink.Width, Math.Min(y + 1, ink.Height - 1) * ink.Width,
            Math.Max(x - 1, 0), Math.Min(x + 1, ink.Width - 1));
    }

    private void Take(int[] owners, int owner, Queue<int> open, float least)
    {
        while (open.TryDequeue(out var pixel))
        {
            _pixels.Add(pixel);
            var (top, bottom, left, right) = AroundOf(Ink, pixel);
            for (var row = top; row <= bottom; row += Ink.Width)
            {
                for (var neighbour = row + left; neighbour <= row + right; neighbour++)
                {
                    if (owners[neighbour] == 0 && Ink.Values[neighbour] >= least)
                    {
                        owners[neighbour] = owner;
                        open.Enqueue(neighbour);
                    }
                }
            }
        }
    }

    private void Measure()
    {
        var (left, top, right, bottom) = (Ink.Width, Ink.Height, 0, 0);
        foreach (var pixel in _pixels)
        {
            Mass += Ink.Values[pixel];
            var (x, y) = (pixel % Ink.Width, pixel / Ink.Width);
            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
        }

        Box = new PixelBox(left, top, right - left + 1, bottom - top + 1);
    }
}
