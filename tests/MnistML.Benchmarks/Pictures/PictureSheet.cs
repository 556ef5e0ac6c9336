using System.Runtime.InteropServices;
using MnistML.Images;
using MnistML.Tests.Support;
using SkiaSharp;

namespace MnistML.Benchmarks.Pictures;

/// <summary>Twenty pictures, what was found in each, and what was answered: for the guide.</summary>
internal static class PictureSheet
{
    private const int FirstDigit = 6_000;
    private const int ColumnCount = 4;
    private const int PictureSide = 200;
    private const int DigitSide = 56;
    private const int MaxDigits = 3; // below each other beside the picture
    private const int TextHeight = 40;
    private const int Gap = 10;
    private const int CellWidth = PictureSide + DigitSide + (2 * Gap);
    private const int CellHeight = PictureSide + TextHeight + Gap;

    /// <summary>Each kind once; of these a second.</summary>
    private static readonly PictureKind[] Again =
    [
        PictureKind.Desk, PictureKind.Squares, PictureKind.Shadow, PictureKind.PencilInShadow, PictureKind.Several,
    ];

    /// <summary>Writes the sheet.</summary>
    /// <param name="path">A PNG file.</param>
    /// <param name="network">What answers.</param>
    /// <param name="digits">MNIST's test digits.</param>
    public static void Write(string path, PictureNetwork network, HandwrittenDigit[] digits)
    {
        PictureKind[] kinds = [.. Enum.GetValues<PictureKind>().Concat(Again).Order()];
        var rowCount = (kinds.Length + ColumnCount - 1) / ColumnCount;
        using var sheet = new SKBitmap((ColumnCount * CellWidth) + Gap, (rowCount * CellHeight) + Gap);
        using var canvas = new SKCanvas(sheet);
        canvas.Clear(SKColors.White);
        foreach (var (index, kind) in kinds.Index())
        {
            var first = FirstDigit + (index * PictureComposer.MaxSeveral);
            var picture = PictureComposer.Compose(kind, digits[first..(first + PictureComposer.MaxSeveral)], (ulong)first);
            canvas.Save();
            canvas.Translate(Gap + (index % ColumnCount * CellWidth), Gap + (index / ColumnCount * CellHeight));
            Draw(canvas, picture, network.Read(picture.File));
            canvas.Restore();
        }

        canvas.Flush();
        using var file = sheet.Encode(SKEncodedImageFormat.Png, quality: 100);
        File.WriteAllBytes(path, file.ToArray());
    }

    private static void Draw(SKCanvas canvas, ComposedPicture picture, PictureReading reading)
    {
        using var bitmap = SKBitmap.Decode(picture.File);
        using var smooth = new SKPaint { FilterQuality = SKFilterQuality.Medium };
        using var frame = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = 2, Color = SKColors.DeepPink };
        var scale = (float)PictureSide / Math.Max(bitmap.Width, bitmap.Height);
        var (left, top) = ((PictureSide - (scale * bitmap.Width)) / 2, (PictureSide - (scale * bitmap.Height)) / 2);
        canvas.DrawBitmap(bitmap, SKRect.Create(left, top, scale * bitmap.Width, scale * bitmap.Height), smooth);
        foreach (var (index, digit) in reading.Picture.Digits.Index())
        {
            var box = digit.Box;
            canvas.DrawRect(left + (scale * box.Left), top + (scale * box.Top), scale * box.Width, scale * box.Height, frame);
            if (index < MaxDigits)
            {
                DrawDigit(canvas, digit, index * (DigitSide + Gap));
            }
        }

        using var text = new SKPaint { TextSize = 12, IsAntialias = true, Color = SKColors.Black };
        var answers = reading.Answers.Count == 0 ? "no digit" : string.Join(' ', reading.Answers);
        var isRight = reading.Answers.SequenceEqual(picture.Labels);
        var line = $"{picture.Kind}: {string.Join(' ', picture.Labels)}, read {answers}{(isRight ? "" : ", wrong")}";
        canvas.DrawText(line, 0, PictureSide + 16, text);
        text.Color = reading.IsMarked ? SKColors.DarkRed : SKColors.DarkGreen;
        text.TextSize = 12;
        canvas.DrawText(reading.IsMarked ? $"not sure: {reading.Doubts}" : "sure", 0, PictureSide + 33, text);
    }

    private static void DrawDigit(SKCanvas canvas, FoundDigit digit, int top)
    {
        using var image = new SKBitmap(new SKImageInfo(FoundDigit.Side, FoundDigit.Side, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var row = 0; row < FoundDigit.Side; row++)
        {
            Marshal.Copy(digit.Pixels.ToArray(), row * FoundDigit.Side, image.GetPixels() + (row * image.RowBytes), FoundDigit.Side);
        }

        canvas.DrawBitmap(image, SKRect.Create(PictureSide + (Gap / 2), top, DigitSide, DigitSide));
    }
}
