using MnistML.Images;
using MnistML.Images.Ink;
using MnistML.Images.Layout;
using SkiaSharp;

namespace MnistML.Tests.Images.Layout;

internal sealed class TouchingDigitsTests
{
    /// <summary>Of all seams, tried one by one, none crosses less ink.</summary>
    [Test]
    public void SeamNear_OfRandomInk_CrossesTheLeast([Values(1, 2, 3, 4, 5)] int seed)
    {
        const int Width = 7;
        const int Height = 6;
        var random = new Random(seed);
        var image = new GreyImage(Width, Height);
        for (var i = 0; i < image.Values.Length; i++)
        {
            image.Values[i] = random.Next(10);
        }

        // A stray of a fifth of six rows is one column.
        var seam = TouchingDigits.SeamNear(image, place: 0.5);

        Assert.That(seam, Is.All.InRange(2, 4));
        Assert.That(seam.Zip(seam.Skip(1), (one, next) => Math.Abs(one - next)), Is.All.LessThanOrEqualTo(1));
        Assert.That(seam.Index().Sum(row => image[row.Item, row.Index]), Is.EqualTo(Enumerable.Range(2, 3).Min(x => LeastFrom(x, 0))));

        float LeastFrom(int x, int y) => image[x, y]
            + (y == Height - 1 ? 0 : Enumerable.Range(x - 1, 3).Where(next => next is >= 2 and <= 4).Min(next => LeastFrom(next, y + 1)));
    }

    [Test]
    public void Read_OfTwoThatTouch_CutsThemApartAndSaysSo()
    {
        var digits = new DigitReader().Read(new MemoryStream(DrawSevens(distance: 100))).Digits;

        Assert.That(digits, Has.Count.EqualTo(2));
        Assert.That(digits[0].Box.Left + digits[0].Box.Width, Is.LessThanOrEqualTo(digits[1].Box.Left + 15));
        Assert.That(digits.Select(digit => digit.Doubts & DigitDoubts.CutApart), Is.All.EqualTo(DigitDoubts.CutApart));
    }

    [Test]
    public void Read_OfTwoThatDoNotTouch_SaysNothingOfACut()
    {
        var digits = new DigitReader().Read(new MemoryStream(DrawSevens(distance: 140))).Digits;

        Assert.That(digits.Select(digit => digit.Doubts & DigitDoubts.CutApart), Is.EqualTo((DigitDoubts[])[0, 0]));
    }

    /// <summary>A picture without any margin was most often cut to one digit.</summary>
    [TestCase(0, 1)]
    [TestCase(40, 2)]
    public void Split_OfTwoThatTouch_CutsThemApartWhereThereIsAMargin(int margin, int expected)
    {
        using var picture = SKBitmap.Decode(DrawSevens(distance: 100));
        var ink = new GreyImage(picture.Width, picture.Height, [.. picture.Pixels.Select(pixel => 1 - (pixel.Red / 255f))]);
        var image = ink.CropToInk()!.Pad(margin);

        var digits = TouchingDigits.Split(DigitCandidate.Of(InkPiece.FindAll(image).Single()));

        Assert.That(digits.Count(), Is.EqualTo(expected));
    }

    /// <summary>Two sevens beside each other, 90 pixels wide and 150 high, with strokes of 14 pixels.</summary>
    private static byte[] DrawSevens(int distance)
    {
        using var picture = new SKBitmap(500, 400);
        using var canvas = new SKCanvas(picture);
        canvas.Clear(SKColors.White);
        using var pen = new SKPaint { Style = SKPaintStyle.Stroke, StrokeWidth = 14, IsAntialias = true };
        foreach (var left in (int[])[120, 120 + distance])
        {
            using var seven = new SKPath();
            seven.AddPoly([new SKPoint(left, 120), new SKPoint(left + 90, 120), new SKPoint(left + 30, 270)], close: false);
            canvas.DrawPath(seven, pen);
        }

        canvas.Flush();
        using var file = picture.Encode(SKEncodedImageFormat.Png, quality: 100);
        return file.ToArray();
    }
}
