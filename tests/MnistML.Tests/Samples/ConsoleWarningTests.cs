using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>What the library warns of in a training, as the console's user reads it.</summary>
internal sealed class ConsoleWarningTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        Directory.CreateDirectory(_folder.PathOf("work"));
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Train_OnOneClass_WarnsOfIt() => Assert.That(
        Warnings(elementType: 0x08, label: row => 3, pixel: (row, place) => [(byte)(row + place)]),
        Is.EqualTo(["Warning: All 40 rows of the training data have one class of the 4 that the label column 'Label' may hold: is that "
            + "column read correctly?"]));

    /// <summary>Pixels of 1e-38 and 2e-38, as big-endian single-precision numbers.</summary>
    [Test]
    public void Train_OnTinyFeatures_WarnsOfThem() => Assert.That(
        Warnings(0x0D, row => (byte)(row % 2), (row, place) => row % 2 == 0 ? [0, 0x6C, 0xE3, 0xEE] : [0, 0xD9, 0xC7, 0xDC]),
        Has.Exactly(1).Match(
            "^Warning: 6 of 6 features in the column 'Features' vary so little .*: give them in another unit, so that their values are "
            + @"near 1\.$"));

    [Test]
    public void Train_WhoseLossWasStillFalling_SaysWhatToRaise()
    {
        string[] tooShort = ["--optimizer", "sgd", "--epochs", "2", "--batch", "10", "--lr", "0.02"];

        Assert.That(
            Warnings(0x08, row => (byte)(row % 2), (row, place) => [(byte)(row % 2 * 255)], tooShort),
            Has.Exactly(1).Match(
                @"^Warning: The training loss was still falling after 2 epochs, from \d\.\d{4} to \d\.\d{4} in the last one: raise "
                + @"--epochs or --lr\.$"));
    }

    [Test]
    public void Train_WithNothingToWarnOf_WarnsOfNothing() => Assert.That(
        Warnings(0x08, row => (byte)(row % 2), (row, place) => [(byte)(row % 2 * 255)], "--epochs", "30"), Is.Empty);

    /// <summary>Trains on 40 images of 2 × 3 pixels, and gives the lines that are warnings.</summary>
    private string[] Warnings(byte elementType, Func<int, byte> label, Func<int, int, byte[]> pixel, params string[] arguments)
    {
        const int Count = 40;
        byte[] pixels = [.. Enumerable.Range(0, Count).SelectMany(row => Enumerable.Range(0, 6).SelectMany(place => pixel(row, place)))];
        foreach (var part in (string[])["train", "t10k"])
        {
            _folder.Write($"work/{part}-images-idx3-ubyte", IdxBytes.Of(elementType, [Count, 2, 3], pixels));
            _folder.Write($"work/{part}-labels-idx1-ubyte", IdxBytes.Labels([.. Enumerable.Range(0, Count).Select(label)]));
        }

        var result = Host.Run(
            "MnistML.Console", _folder.PathOf("work"),
            [
                "train", "--data", ".", "--hidden", "8", "--seed", "1",
                .. arguments.Contains("--epochs") ? (string[])[] : ["--epochs", "1"], .. arguments,
            ]);
        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        return [.. result.OutputLines.Where(line => line.StartsWith("Warning", StringComparison.Ordinal))];
    }
}
