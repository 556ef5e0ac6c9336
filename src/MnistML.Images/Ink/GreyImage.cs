namespace MnistML.Images.Ink;

/// <summary>An image of one value a pixel, row by row.</summary>
internal sealed record GreyImage(int Width, int Height, float[] Values)
{
    public GreyImage(int width, int height)
        : this(width, height, new float[checked(width * height)])
    {
    }

    public float this[int x, int y]
    {
        get => Values[(y * Width) + x];
        set => Values[(y * Width) + x] = value;
    }

    /// <summary>Applies a function to each value.</summary>
    public GreyImage Map(Func<float, float> function) => this with { Values = Array.ConvertAll(Values, value => function(value)) };

    /// <summary>Light becomes dark.</summary>
    public GreyImage Invert() => Map(value => 1 - value);

    /// <summary>A part of the image.</summary>
    public GreyImage Crop(int left, int top, int width, int height)
    {
        var part = new GreyImage(width, height);
        for (var y = 0; y < height; y++)
        {
            Values.AsSpan(((top + y) * Width) + left, width).CopyTo(part.Values.AsSpan(y * width));
        }

        return part;
    }

    /// <summary>The smallest rectangle that holds all that is not 0; null if there is nothing.</summary>
    public PixelBox? InkBox()
    {
        var (left, top, right, bottom) = (Width, Height, -1, -1);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                if (this[x, y] > 0)
                {
                    (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
                }
            }
        }

        return right < 0 ? null : new PixelBox(left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>The part within <see cref="InkBox"/>; null if there is nothing.</summary>
    public GreyImage? CropToInk() => InkBox() is { } box ? Crop(box.Left, box.Top, box.Width, box.Height) : null;

    /// <summary>The image with a border of zeros.</summary>
    public GreyImage Pad(int room)
    {
        var padded = new GreyImage(Width + (2 * room), Height + (2 * room));
        for (var y = 0; y < Height; y++)
        {
            Values.AsSpan(y * Width, Width).CopyTo(padded.Values.AsSpan(((y + room) * padded.Width) + room));
        }

        return padded;
    }

    /// <summary>The image in another size: each new pixel is the mean of the area that it covers.</summary>
    public GreyImage Resize(int width, int height) =>
        SqueezeColumns(height).Transpose().SqueezeColumns(width).Transpose();

    /// <summary>The image in several times its size, in between by straight lines.</summary>
    public GreyImage Enlarge(int factor) => StretchColumns(factor).Transpose().StretchColumns(factor).Transpose();

    /// <summary>Columns become rows.</summary>
    public GreyImage Transpose()
    {
        var turned = new GreyImage(Height, Width);
        TransposeTo(turned);
        return turned;
    }

    /// <summary>Columns become the rows of another image, of the other height and width.</summary>
    public void TransposeTo(GreyImage turned)
    {
        // In squares that the processor's cache holds.
        const int Block = 32;
        var (from, to) = (Values, turned.Values);
        for (var top = 0; top < Height; top += Block)
        {
            for (var left = 0; left < Width; left += Block)
            {
                var (bottom, right) = (Math.Min(top + Block, Height), Math.Min(left + Block, Width));
                for (var y = top; y < bottom; y++)
                {
                    for (var x = left; x < right; x++)
                    {
                        to[(x * Height) + y] = from[(y * Width) + x];
                    }
                }
            }
        }
    }

    /// <summary>Each pixel becomes the mean of the three by three around it.</summary>
    public GreyImage Smooth() => SmoothColumns().Transpose().SmoothColumns().Transpose();

    private GreyImage SmoothColumns()
    {
        var smooth = new GreyImage(Width, Height);
        for (var y = 0; y < Height; y++)
        {
            var above = RowAt(Math.Max(y - 1, 0));
            var here = RowAt(y);
            var below = RowAt(Math.Min(y + 1, Height - 1));
            var row = smooth.RowAt(y);
            for (var x = 0; x < row.Length; x++)
            {
                row[x] = (above[x] + here[x] + below[x]) / 3;
            }
        }

        return smooth;
    }

    private GreyImage StretchColumns(int factor)
    {
        var stretched = new GreyImage(Width, checked(Height * factor));
        for (var y = 0; y < stretched.Height; y++)
        {
            var at = Math.Clamp(((y + 0.5f) / factor) - 0.5f, 0, Height - 1);
            var (first, second) = ((int)at, Math.Min((int)at + 1, Height - 1));
            var share = at - first;
            for (var x = 0; x < Width; x++)
            {
                stretched[x, y] = ((1 - share) * this[x, first]) + (share * this[x, second]);
            }
        }

        return stretched;
    }

    /// <summary>The columns in another length.</summary>
    private GreyImage SqueezeColumns(int height)
    {
        var squeezed = new GreyImage(Width, height);
        var scale = (double)Height / height;
        for (var y = 0; y < height; y++)
        {
            var (from, to) = (y * scale, Math.Min((y + 1) * scale, Height));
            var row = squeezed.RowAt(y);
            for (var source = (int)from; source < to; source++)
            {
                var share = (float)((Math.Min(source + 1, to) - Math.Max(source, from)) / scale);
                VectorMath.AddScaled(RowAt(source), share, row);
            }
        }

        return squeezed;
    }

    public Span<float> RowAt(int y) => Values.AsSpan(y * Width, Width);
}
