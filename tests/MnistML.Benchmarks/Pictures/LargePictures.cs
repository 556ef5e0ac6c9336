using System.Diagnostics;
using System.Runtime.InteropServices;
using MnistML.Images;
using SkiaSharp;

namespace MnistML.Benchmarks.Pictures;

/// <summary>What large pictures cost, each read by a process that does nothing else.</summary>
internal static class LargePictures
{
    private const double MaxMebibytes = 300;
    private const double MaxSeconds = 2;

    /// <summary>Writes large pictures, reads each, and judges time and memory.</summary>
    /// <param name="millions">How many million pixels the JPEG has.</param>
    /// <param name="verdict">Where the figures go.</param>
    public static void Run(int millions, Verdict verdict)
    {
        using var folder = new TemporaryFolder();
        foreach (var (format, pixels) in ((SKEncodedImageFormat, int)[])
        [
            (SKEncodedImageFormat.Jpeg, millions),
            (SKEncodedImageFormat.Png, Math.Min(millions, 39)),
            (SKEncodedImageFormat.Webp, millions),
        ])
        {
            var height = (int)Math.Sqrt(pixels * 750_000.0);
            var path = Path.Combine(folder.Path, $"large.{format}");
            Write(path, height * 4 / 3, height, format);
            var figures = OwnProcess.Run<Figures>("pictures", "--read", path);
            var what = FormattableString.Invariant(
                $"{format} of {pixels} million pixels: {figures.Mebibytes:F0} MiB, {figures.Seconds:F2} s, {figures.Digits} digit");
            if (format == SKEncodedImageFormat.Webp)
            {
                Console.WriteLine($"measured  {what}; nothing is promised");
                continue;
            }

            verdict.Expect(figures.Digits == 1 && figures.Mebibytes < MaxMebibytes, $"{what}; less than {MaxMebibytes} MiB are promised");
            verdict.ExpectSpeed(figures.Seconds < MaxSeconds, $"{what}; less than {MaxSeconds} s are promised");
        }
    }

    /// <summary>Reads a picture in this process, and prints what it took.</summary>
    public static int Read(string path)
    {
        var began = Stopwatch.GetTimestamp();
        var digits = new DigitReader().Read(path).Digits.Count;
        OwnProcess.Print(new Figures(digits, Stopwatch.GetElapsedTime(began).TotalSeconds, OwnProcess.PeakMebibytes));
        return 0;
    }

    /// <summary>A 7 on paper with grain, which compresses as a photograph does.</summary>
    private static void Write(string path, int width, int height, SKEncodedImageFormat format)
    {
        using var picture = new SKBitmap(new SKImageInfo(width, height, SKColorType.Bgra8888, SKAlphaType.Opaque));
        var random = new Random(1);
        var pixels = picture.GetPixels();
        var row = new int[width];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var grey = 220 + random.Next(12);
                row[x] = unchecked((int)0xFF000000) | (grey << 16) | (grey << 8) | grey;
            }

            Marshal.Copy(row, 0, pixels + (y * picture.RowBytes), width);
        }

        using var canvas = new SKCanvas(picture);
        using var pen = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = height / 25f, Color = new SKColor(30, 30, 60) };
        using var stroke = new SKPath();
        stroke.AddPoly(
            [new(width * 0.4f, height * 0.3f), new(width * 0.6f, height * 0.3f), new(width * 0.47f, height * 0.7f)], close: false);
        canvas.DrawPath(stroke, pen);
        canvas.Flush();
        using var file = File.Create(path);
        picture.Encode(file, format, quality: 85);
    }

    /// <summary>What reading took.</summary>
    internal sealed record Figures(int Digits, double Seconds, double Mebibytes);
}
