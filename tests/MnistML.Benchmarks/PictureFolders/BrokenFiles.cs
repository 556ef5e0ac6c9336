using System.Text;
using SkiaSharp;

namespace MnistML.Benchmarks.PictureFolders;

/// <summary>Files that end as pictures do: some can't be read, some have the ending of another format.</summary>
internal static class BrokenFiles
{
    private const int HeadLength = 150;
    private const int NoiseLength = 5_000;

    /// <summary>Writes files that can't be read into folders of pictures, and returns their paths.</summary>
    public static string[] WriteUnreadable(string folder, SKBitmap picture)
    {
        var jpeg = DrawnPicture.Encode(picture, SKEncodedImageFormat.Jpeg, quality: 90);
        var png = DrawnPicture.Encode(picture, SKEncodedImageFormat.Png, quality: 90);
        var webp = DrawnPicture.Encode(picture, SKEncodedImageFormat.Webp, quality: 90);
        var noise = new byte[NoiseLength];
        new Random(1).NextBytes(noise);
        (string Name, byte[] Content)[] files =
        [
            ("cut.jpg", jpeg[..(jpeg.Length / 2)]), ("cut late.jpg", jpeg[..(jpeg.Length * 9 / 10)]),
            ("head.jpg", jpeg[..HeadLength]),
            ("cut.png", png[..(png.Length / 2)]), ("cut.webp", webp[..(webp.Length / 2)]), ("empty.png", []),
            ("text.png", Encoding.UTF8.GetBytes("This is no picture.")), ("page.jpg", Encoding.UTF8.GetBytes("<html>Not found</html>")),
            ("noise.bmp", noise), ("document.gif", Encoding.UTF8.GetBytes("%PDF-1.7")),
        ];
        return Write([.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)], files);
    }

    /// <summary>Writes a PNG named as JPEG and the reverse, which can be read, into a folder, and returns their paths.</summary>
    public static string[] WriteMislabelled(string subfolder, SKBitmap picture) => Write(
        [subfolder],
        [
            ("a png.jpg", DrawnPicture.Encode(picture, SKEncodedImageFormat.Png, quality: 90)),
            ("a jpeg.png", DrawnPicture.Encode(picture, SKEncodedImageFormat.Jpeg, quality: 90)),
        ]);

    private static string[] Write(string[] subfolders, (string Name, byte[] Content)[] files)
    {
        string[] paths = [.. files.Index().Select(file => Path.Combine(subfolders[file.Index % subfolders.Length], file.Item.Name))];
        foreach (var (path, file) in paths.Zip(files))
        {
            File.WriteAllBytes(path, file.Content);
        }

        return paths;
    }
}
