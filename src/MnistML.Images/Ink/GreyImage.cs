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
    public GreyImage Map(Func<float, float> function) => this with { Values = [.. Values.Select(function)] };

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
    public GreyImage Resize(int width, int height) => Squeeze(width).Transpose().Squeeze(height).Transpose();

    public GreyImage Transpose()
    {
        var turned = new GreyImage(Height, Width);
        for (var y = 0; y < Height; y++)
        {
            for (var x = 0; x < Width; x++)
            {
                turned[y, x] = this[x, y];
            }
        }

        return turned;
    }

    /// <summary>The rows in another length.</summary>
    private GreyImage Squeeze(int width)
    {
        var squeezed = new GreyImage(width, Height);
        var scale = (double)Width / width;
        for (var x = 0; x < width; x++)
        {
            var (from, to) = (x * scale, Math.Min((x + 1) * scale, Width));
            for (var source = (int)from; source < to; source++)
            {
                var share = (float)((Math.Min(source + 1, to) - Math.Max(source, from)) / scale);
                for (var y = 0; y < Height; y++)
                {
                    squeezed[x, y] += share * this[source, y];
                }
            }
        }

        return squeezed;
    }
}
