using System.Xml.Linq;
using MnistML.Samples.Plots;
using MnistML.Tests.Support;
using SkiaSharp;

namespace MnistML.Tests.Samples.Plots;

/// <summary>Checks what can be checked of pictures without looking at them.</summary>
internal sealed class PlotTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void LinePlot_WithLongTitleAndManyLines_StaysWithinItsCanvas()
    {
        var plot = new LinePlot
        {
            Title = "Test accuracy of the same network under each initializer, mean and one standard deviation over three seeds",
            VerticalTitle = "Test accuracy",
            VerticalFormat = "0.0 %",
            Lines =
            [
                .. Enumerable.Range(0, 6)
                .Select(
                    line => new PlotLine(
                        $"Initializer number {line}",
                        [.. Enumerable.Range(1, 20).Select(epoch => new PlotPoint(epoch, 0.9 + (0.01 * line), 0.005))])),
            ],
        };

        plot.Write(_folder.PathOf("plot.png"));
        plot.Write(_folder.PathOf("plot.svg"));

        AssertNothingClipped("plot.png", LinePlot.Width, LinePlot.Height);
        AssertSvg("plot.svg", LinePlot.Width, LinePlot.Height);
    }

    [Test]
    public void LinePlot_OfOneEpoch_ShowsAPoint()
    {
        new LinePlot
        {
            Title = "T",
            VerticalTitle = "V",
            Lines = [new PlotLine("L", [new PlotPoint(1, 0.5)])],
        }.Write(_folder.PathOf("one.png"));

        using var picture = SKBitmap.Decode(_folder.PathOf("one.png"));
        Assert.That(picture.Pixels, Has.Some.EqualTo(new SKColor(0x00, 0x72, 0xB2)));
    }

    [TestCase("T-shirt/top", "Ankle boot", "a name that is much too long for any table")]
    [TestCase("0", "1", "2")]
    public void ConfusionPlot_OfNames_StaysWithinItsCanvas(params string[] names)
    {
        var confusion = Confusion([[9990, 3, 0], [2, 5, 0], [1, 0, 12]]);

        ConfusionPlot.Write(_folder.PathOf("confusion.png"), confusion, names);
        ConfusionPlot.Write(_folder.PathOf("confusion.svg"), confusion, names);

        using var picture = SKBitmap.Decode(_folder.PathOf("confusion.png"));
        AssertNothingClipped("confusion.png", picture.Width, picture.Height);
        AssertSvg("confusion.svg", picture.Width, picture.Height);
    }

    /// <summary>An image of 3 × 2 pixels is enlarged 28 times; its pixels are where they belong, and row by row.</summary>
    [Test]
    public void ImageSheet_OfAnImageThatIsNotSquare_ShowsEachPixel()
    {
        ImageSheet.Write(_folder.PathOf("sheet.png"), "Sheet", [SheetImage.OfInk(3, [0, 1, 0, 0, 0.5f, 0], "Ankle boot and more")]);

        using var picture = SKBitmap.Decode(_folder.PathOf("sheet.png"));
        AssertNothingClipped("sheet.png", picture.Width, picture.Height);
        var (left, top) = Enumerable.Range(0, picture.Width * picture.Height)
            .Select(place => (X: place / picture.Height, Y: place % picture.Height))
            .First(
                place => Enumerable.Range(0, 28 * 28).All(
                    offset => picture.GetPixel(place.X + (offset % 28), place.Y + (offset / 28)) == SKColors.Black));
        Assert.That(picture.GetPixel(left - 14, top + 14), Is.EqualTo(SKColors.White));
        Assert.That(picture.GetPixel(left - 14, top + (2 * 28) + 14).Red, Is.EqualTo(128));
        Assert.That(picture.GetPixel(left + 14, top + (2 * 28) + 14), Is.EqualTo(SKColors.White));
    }

    [Test]
    public void WeightSheet_OfUnits_ShowsTheOneThatVariesMostFirst()
    {
        var layer = new MlpLayerParameters(new MlpLayerShape(6, 2), [100, 0, 0, 0, 0, 1, 0, 3, 0, 0, -2, 0], [0, 0]);

        WeightSheet.Write(_folder.PathOf("weights.png"), layer, imageHeight: 3, deviations: [0.001, 1, 1, 1, 1, 1]);

        using var picture = SKBitmap.Decode(_folder.PathOf("weights.png"));
        var left = picture.Pixels.AsSpan(0, picture.Width * picture.Height)
            .ToArray()
            .Index()
            .Where(pixel => pixel.Item == new SKColor(0x21, 0x66, 0xAC))
            .Min(pixel => pixel.Index % picture.Width);
        Assert.That(left, Is.LessThan(picture.Width / 4), "unit 1, whose weight 3 counts for more than 100 on a pixel that hardly varies");
    }

    [Test]
    public void Write_UnderAnotherEnding_IsRefused()
    {
        var refusal = Assert.Throws<ArgumentException>(() => PictureFile.EnsureSupported("plot.gif"));

        Assert.That(
            refusal.Message,
            Is.EqualTo("'plot.gif' is to be a picture, but its name ends neither in .png nor in .svg; choose one of them."));
    }

    [Test]
    public void Write_WhenDrawingFails_LeavesTheOldFile()
    {
        var path = _folder.Write("old.png", [1, 2, 3]);

        Assert.Throws<InvalidOperationException>(() => PictureFile.Write(path, 10, 10, _ => throw new InvalidOperationException()));
        Assert.That(_folder.Names, Is.EqualTo(["old.png"]));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1, 2, 3 }));
    }

    /// <summary>The canvas has a white rim, as text that runs out of it would not leave, and something inside.</summary>
    private void AssertNothingClipped(string name, int width, int height)
    {
        const int Rim = 3;
        using var picture = SKBitmap.Decode(_folder.PathOf(name));
        Assert.That((picture.Width, picture.Height), Is.EqualTo((width, height)));
        var ink = picture.Pixels.Index()
            .Where(pixel => pixel.Item != SKColors.White)
            .Select(pixel => (X: pixel.Index % width, Y: pixel.Index / width))
            .ToArray();
        Assert.That(ink, Has.Length.GreaterThan(500));
        Assert.That((ink.Min(pixel => pixel.X), ink.Min(pixel => pixel.Y)), Is.GreaterThanOrEqualTo((Rim, Rim)));
        Assert.That(ink.Min(pixel => pixel.Y), Is.GreaterThanOrEqualTo(Rim));
        Assert.That((ink.Max(pixel => pixel.X), ink.Max(pixel => pixel.Y)), Is.LessThan((width - Rim, height)));
        Assert.That(ink.Max(pixel => pixel.Y), Is.LessThan(height - Rim));
    }

    /// <summary>Texts are shapes, so that no font is needed to show the file, and are within the canvas as those of the PNG are.</summary>
    private void AssertSvg(string name, int width, int height)
    {
        var root = XDocument.Load(_folder.PathOf(name)).Root!;
        Assert.That((root.Attribute("width")!.Value, root.Attribute("height")!.Value), Is.EqualTo(($"{width}", $"{height}")));
        Assert.That(root.Descendants().Select(element => element.Name.LocalName), Has.Some.EqualTo("path").And.None.EqualTo("text"));
    }

    private static Microsoft.ML.Data.ConfusionMatrix Confusion(int[][] counts)
    {
        var mlContext = new Microsoft.ML.MLContext();
        var rows = counts.SelectMany(
            (row, label) => row.SelectMany((count, predicted) => Enumerable.Repeat(new Scored(label, predicted), count)));
        var view = mlContext.Data.LoadFromEnumerable(rows);
        return mlContext.MulticlassClassification.Evaluate(view, labelColumnName: "Label").ConfusionMatrix;
    }

    private sealed class Scored(int label, int predicted)
    {
        [Microsoft.ML.Data.KeyType(3)]
        public uint Label { get; set; } = (uint)label + 1;

        [Microsoft.ML.Data.KeyType(3)]
        public uint PredictedLabel { get; set; } = (uint)predicted + 1;

        [Microsoft.ML.Data.VectorType(3)]
        public float[] Score { get; set; } = [.. Enumerable.Range(0, 3).Select(index => index == predicted ? 0.8f : 0.1f)];
    }
}
