using MnistML.Images;
using SkiaSharp;

namespace MnistML.Tests.Images;

/// <summary>Where there is a sheet, what lies beside it is no digit of the picture.</summary>
internal sealed class SheetTests
{
    private static readonly SKColor Desk = new(150, 120, 90);

    [Test]
    public void Read_OfASheetOnADeskWithMarks_FindsTheDigitOnTheSheetAlone()
    {
        var digits = new DigitReader().Read(new MemoryStream(Draw(SKColors.White))).Digits;

        Assert.That(digits, Has.Count.EqualTo(1));
        Assert.That(digits[0].Box.Left, Is.InRange(250, 400));
        Assert.That(digits[0].Box.Top, Is.InRange(150, 300));
    }

    [Test]
    public void Read_OfTheSameMarksWithoutASheet_FindsAllThree() =>
        Assert.That(new DigitReader().Read(new MemoryStream(Draw(Desk))).Digits, Has.Count.EqualTo(3));

    /// <summary>A seven in the middle of a sheet, and two more beside it, on the desk.</summary>
    private static byte[] Draw(SKColor sheet)
    {
        using var picture = new SKBitmap(800, 600);
        using var canvas = new SKCanvas(picture);
        canvas.Clear(Desk);
        using var paper = new SKPaint { Color = sheet };
        canvas.DrawRect(SKRect.Create(170, 80, 400, 440), paper);
        using var pen = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = 12, Color = new SKColor(20, 20, 40), IsAntialias = true };
        foreach (var (x, y) in ((int, int)[])[(320, 220), (40, 220), (640, 220)])
        {
            using var seven = new SKPath();
            seven.AddPoly([new SKPoint(x, y), new SKPoint(x + 90, y), new SKPoint(x + 30, y + 150)], close: false);
            canvas.DrawPath(seven, pen);
        }

        canvas.Flush();
        using var file = picture.Encode(SKEncodedImageFormat.Png, quality: 100);
        return file.ToArray();
    }
}
