using MnistML.Tests.Support;
using SkiaSharp;

namespace MnistML.Tests.Samples;

/// <summary>A model of the real MNIST on pictures that come from elsewhere.</summary>
[NeedsRealMnist]
internal sealed class RealMnistPictureTests
{
    /// <summary>
    /// Ten digits of a font, each drawn in another way: sizes, both polarities, a little turned, off centre, on coloured paper, as JPEG.
    /// </summary>
    [Test]
    public void Predict_OfTenDigitsOfAFont_ReadsEightAtLeast()
    {
        using var folder = new TemporaryFolder();
        var work = Directory.CreateDirectory(folder.PathOf("work")).FullName;
        byte[][] pictures =
        [
            Drawn.Text("0"),
            Drawn.Text("1", paper: SKColors.Black, ink: SKColors.White, degrees: 8),
            Drawn.Text("2", width: 640, height: 480, size: 250, degrees: -7, x: 0.6f, asJpeg: true),
            Drawn.Text("3", width: 40, height: 40, size: 26),
            Drawn.Text("4", paper: SKColors.Khaki, ink: SKColors.DarkBlue, x: 0.35f, asJpeg: true),
            Drawn.Text("5", width: 1_200, height: 900, size: 600, degrees: 6),
            Drawn.Text("6", paper: SKColors.DarkSlateGray, ink: SKColors.LightYellow, degrees: 8, y: 0.4f),
            Drawn.Text("7", width: 90, height: 120, size: 70, asJpeg: true),
            Drawn.Text("8", paper: SKColors.LightGray, ink: SKColors.DimGray, degrees: 5),
            Drawn.Text("9", width: 300, height: 200, x: 0.75f, paper: SKColors.Navy, ink: SKColors.White, asJpeg: true),
        ];
        foreach (var (digit, picture) in pictures.Index())
        {
            folder.Write($"work/{digit}.{(picture[0] == 0xFF ? "jpg" : "png")}", picture);
        }

        Host.Run(
            "MnistML.Console",
            work,
            ["train", "--seed", "1", "--data", Path.GetDirectoryName(RealMnist.Files.TrainImages)!, "--out", "../m.zip"]);
        var result = Host.Run("MnistML.Console", work, ["predict", "--model", "../m.zip", "."]);

        TestContext.Out.WriteLine(result.Output);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.OutputLines, Has.Length.EqualTo(10));
        Assert.That(
            result.OutputLines.Count(line => Path.GetFileName(line.Split(": ")[0])[0] == line.Split(": ")[1][0]),
            Is.GreaterThanOrEqualTo(8));
    }
}
