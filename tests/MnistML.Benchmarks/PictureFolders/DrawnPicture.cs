using SkiaSharp;

namespace MnistML.Benchmarks.PictureFolders;

/// <summary>The file of a picture that was drawn, and the kind that it is of.</summary>
/// <param name="Name">The file's name, with the ending of its format.</param>
/// <param name="Kind">The name of its folder.</param>
/// <param name="Content">The file.</param>
internal sealed record DrawnPicture(string Name, string Kind, byte[] Content)
{
    private const int BitmapHeaderLength = 54;
    private const int BytesPerPixel = 3;

    /// <summary>A picture in one of four formats.</summary>
    public static DrawnPicture Encode(string name, string kind, SKBitmap bitmap, Random random) => random.Next(4) switch
    {
        0 => new($"{name}.png", kind, Encode(bitmap, SKEncodedImageFormat.Png, quality: 90)),
        1 => new($"{name}.webp", kind, Encode(bitmap, SKEncodedImageFormat.Webp, random.Next(40, 95))),
        2 => new($"{name}.bmp", kind, ToBitmapFile(bitmap)),
        _ => new($"{name}.jpg", kind, Encode(bitmap, SKEncodedImageFormat.Jpeg, random.Next(40, 95))),
    };

    public static byte[] Encode(SKBitmap bitmap, SKEncodedImageFormat format, int quality)
    {
        using var data = bitmap.Encode(format, quality);
        return data.ToArray();
    }

    /// <summary>Writes it to a folder of its kind, and returns the path.</summary>
    public string Write(string folder)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, Kind)).FullName, Name);
        File.WriteAllBytes(path, Content);
        return path;
    }

    /// <summary>A BMP file of 24 bits a pixel, the last row first, which Skia reads but does not write.</summary>
    private static byte[] ToBitmapFile(SKBitmap bitmap)
    {
        var rowLength = ((bitmap.Width * BytesPerPixel) + 3) / 4 * 4;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("BM"u8);
        writer.Write(BitmapHeaderLength + (rowLength * bitmap.Height));
        writer.Write(0);
        writer.Write(BitmapHeaderLength);
        writer.Write(BitmapHeaderLength - 14); // Of the second header alone.
        writer.Write(bitmap.Width);
        writer.Write(bitmap.Height);
        writer.Write((short)1);
        writer.Write((short)(8 * BytesPerPixel));
        writer.Write(new byte[24]);
        var pixels = bitmap.Pixels;
        for (var y = bitmap.Height - 1; y >= 0; y--)
        {
            for (var x = 0; x < bitmap.Width; x++)
            {
                var color = pixels[(y * bitmap.Width) + x];
                writer.Write([color.Blue, color.Green, color.Red]);
            }

            writer.Write(new byte[rowLength - (bitmap.Width * BytesPerPixel)]);
        }

        return stream.ToArray();
    }
}
