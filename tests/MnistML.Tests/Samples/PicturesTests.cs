using System.Globalization;
using System.Text.RegularExpressions;
using MnistML.Tests.Support;
using SkiaSharp;

namespace MnistML.Tests.Samples;

/// <summary>The pictures sample as its users run it: pictures in folders become a classifier.</summary>
internal sealed partial class PicturesTests
{
    private const int DrawnOfKind = 8;
    private const int DrawnCount = 3 * DrawnOfKind;

    private const string Incomplete = "it is incomplete, since its file ends before its last row; copy or download it again";

    private TemporaryFolder _folder = null!;
    private string _work = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    /// <summary>One story, since the features of a picture take a tenth of a second and more.</summary>
    [Test]
    public void Train_Twice_TakesFeaturesFromTheCacheAndGivesTheSameModel()
    {
        var first = Run("train", "--drawn", $"{DrawnOfKind}", "--cache", "cache", "--out", "first.zip");

        Assert.That((first.ExitCode, first.Error), Is.EqualTo((0, "")));
        Assert.That(
            first.OutputLines[0], Does.StartWith("No folder is named, so the program draws pictures of three kinds, 8 of each, in "));
        Assert.That(first.OutputLines, Has.Member($"0 of {DrawnCount} pictures were in the cache"));
        Assert.That(first.OutputLines, Has.Member("Training on 21 pictures of bars, discs, stars"));
        Assert.That(AccuracyOf(first), Is.GreaterThan(0.6));
        Assert.That(File.Exists(Path.Combine(_work, "mnistml-out", "picture-mistakes.png")));
        Assert.That(Directory.GetFiles(Path.Combine(_work, "cache")), Has.Length.EqualTo(DrawnCount));

        // Of the cache one entry is cut and one altered; of the pictures four are broken.
        string[] entries = [.. Directory.GetFiles(Path.Combine(_work, "cache")).Order(StringComparer.Ordinal)];
        File.WriteAllBytes(entries[0], File.ReadAllBytes(entries[0])[..100]);
        var altered = File.ReadAllBytes(entries[1]);
        altered[5] ^= 1;
        File.WriteAllBytes(entries[1], altered);
        var pictures = Path.Combine(_work, "mnistml-out", "drawn-pictures");
        var whole = File.ReadAllBytes(Path.Combine(pictures, "bars", "0000.png"));
        File.WriteAllBytes(Path.Combine(pictures, "bars", "empty.png"), []);
        File.WriteAllText(Path.Combine(pictures, "discs", "page.jpg"), "<html>");
        File.WriteAllBytes(Path.Combine(pictures, "stars", "cut.png"), Half(whole));
        File.WriteAllBytes(Path.Combine(pictures, "stars", "cut.jpg"), Half(ToJpeg(whole)));

        var second = Run("train", pictures, "--cache", "cache", "--out", "second.zip");

        Assert.That((second.ExitCode, second.Error), Is.EqualTo((0, "")));
        Assert.That(second.OutputLines, Has.Member($"{DrawnCount - 2} of {DrawnCount + 4} pictures were in the cache"));
        Assert.That(
            second.OutputLines.Where(line => line.StartsWith("Left out: ", StringComparison.Ordinal))
                .Select(line => line[(line.LastIndexOf(Path.DirectorySeparatorChar) + 1)..]),
            Is.EqualTo(
                [
                    "empty.png: the file is empty; PNG, JPEG, GIF, BMP and WebP pictures can be read",
                    "page.jpg: it can't be read as a picture; PNG, JPEG, GIF, BMP and WebP files can",
                    $"cut.jpg: {Incomplete}",
                    $"cut.png: {Incomplete}",
                ]));
        Assert.That(second.OutputLines, Has.Member("Training on 21 pictures of bars, discs, stars"));
        Assert.That(AccuracyOf(second), Is.EqualTo(AccuracyOf(first)));

        // The cache goes by content: two files with other names are known, one with other pixels is not.
        File.Move(Path.Combine(pictures, "discs", "0002.png"), Path.Combine(pictures, "discs", "renamed.png"));
        File.Move(Path.Combine(pictures, "discs", "0003.png"), Path.Combine(pictures, "discs", "renamed too.png"));
        File.WriteAllBytes(Path.Combine(pictures, "discs", "0004.png"), ToJpeg(whole));

        var third = Run("train", pictures, "--cache", "cache", "--out", "third.zip");

        Assert.That((third.ExitCode, third.Error), Is.EqualTo((0, "")));
        Assert.That(third.OutputLines, Has.Member($"{DrawnCount - 1} of {DrawnCount + 4} pictures were in the cache"));

        // ML.NET's own stage, one picture after the other, leads to the same probabilities by both models.
        File.WriteAllBytes(Path.Combine(_work, "large.png"), PngBomb.Create(side: 8_000));
        string[] files =
        [
            Path.Combine(pictures, "stars", "0001.png"), Path.Combine(pictures, "stars", "cut.jpg"),
            Path.Combine(pictures, "bars", "0002.png"), Path.Combine(pictures, "stars", "cut.png"),
            Path.Combine(pictures, "bars", "empty.png"), "none.png", pictures, "large.png",
        ];
        var (byFirst, bySecond) = (Predict("first.zip", files), Predict("second.zip", files));
        Assert.That(byFirst.ExitCode, Is.EqualTo(1));
        Assert.That(byFirst.ErrorLines, Is.EqualTo(
            [
                $"Error: '{files[1]}' is left out: {Incomplete}.",
                $"Error: '{files[3]}' is left out: {Incomplete}.",
                $"Error: '{files[4]}' is left out: the file is empty; PNG, JPEG, GIF, BMP and WebP pictures can be read.",
                $"Error: 'none.png' is left out: Could not find file '{Path.Combine(_work, "none.png")}'.",
                $"Error: '{pictures}' is left out: it is a folder; name the pictures in it.",
                "Error: 'large.png' is left out: it has 8,000 × 8,000 pixels, but at most 50,000,000 are allowed; make it smaller.",
            ]));
        Assert.That(byFirst.OutputLines, Has.Length.EqualTo(2).And.All.Match(@": (bars|discs|stars), \d+\.\d %"));
        Assert.That(bySecond.OutputLines, Is.EqualTo(byFirst.OutputLines));
    }

    [Test]
    public void Train_OfOneClass_SaysWhatIsNeeded()
    {
        Directory.CreateDirectory(Path.Combine(_work, "pictures", "one"));

        var result = Run("train", "pictures");

        Assert.That((result.ExitCode, result.Output), Is.EqualTo((1, "")));
        Assert.That(
            result.ErrorLines.Single(),
            Is.EqualTo(
                "Error: 'pictures' has 0 subfolders with pictures that can be read, but two classes are needed: a subfolder for each, with "
                + "files that end in .bmp, .gif, .jpeg, .jpg, .png, .webp."));
    }

    [Test]
    public void Predict_WithoutAModel_SaysHowToTrainOne() => Assert.That(
        Predict("none.zip", ["picture.png"]).ErrorLines.Single(),
        Is.EqualTo("Error: There is no model 'none.zip'. Train one: train FOLDER --out none.zip"));

    private HostResult Run(params string[] arguments) => Host.Run("MnistML.Pictures", _work, arguments);

    private HostResult Predict(string model, string[] pictures) => Run(["predict", "--model", model, .. pictures]);

    private static byte[] Half(byte[] file) => file[..(file.Length / 2)];

    private static byte[] ToJpeg(byte[] file)
    {
        using var picture = SKBitmap.Decode(file);
        using var data = picture.Encode(SKEncodedImageFormat.Jpeg, quality: 90);
        return data.ToArray();
    }

    private static double AccuracyOf(HostResult result) =>
        double.Parse(Accuracy().Match(result.Output).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Held-out accuracy: (\d\.\d{4})")]
    private static partial Regex Accuracy();
}
