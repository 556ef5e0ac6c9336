using MnistML.Datasets;

namespace MnistML.Web.Data;

/// <summary>Where the digits to train on and to test with are, and which they are.</summary>
internal sealed class DigitSource
{
    private const string DirectoryVariable = "MNIST_DATA_DIR";

    /// <summary>Enough for a network to learn the drawn digits well, few enough to draw and to train on in seconds.</summary>
    private const int DrawnTrainCount = 12_000;
    private const int DrawnTestCount = 2_000;
    private const int DrawnSeed = 1;

    private readonly Lazy<MnistFiles> _files;
    private readonly Lazy<DigitSet> _test;

    private DigitSource(Func<MnistFiles> find, string name, string origin, bool isDrawn)
    {
        (Name, Origin, IsDrawn) = (name, origin, isDrawn);
        _files = new Lazy<MnistFiles>(find);
        _test = new Lazy<DigitSet>(() => DigitSet.Read(Files.TestImages, Files.TestLabels));
    }

    /// <summary>For example <c>MNIST</c>.</summary>
    public string Name { get; }

    /// <summary>Where they were found, in words.</summary>
    public string Origin { get; }

    /// <summary>Whether the library draws them, since MNIST is not at hand.</summary>
    public bool IsDrawn { get; }

    /// <summary>The four IDX files. Digits that the library draws are drawn when they are first asked for.</summary>
    public MnistFiles Files => _files.Value;

    /// <summary>The images to test with, which are kept: mistakes are shown from them.</summary>
    public DigitSet Test => _test.Value;

    /// <summary>The number of classes of both files.</summary>
    public int ClassCount => Test.Labels.ToArray().Max() + 1;

    /// <summary>
    /// Takes the first that exists: a folder that is named, one that the environment names, the user's cache, or digits that the library
    /// draws. A named folder must be usable. Nothing is downloaded.
    /// </summary>
    /// <param name="folder">The named folder, or null.</param>
    /// <param name="drawnFolder">Where drawn digits are kept.</param>
    public static DigitSource Find(string? folder, string drawnFolder)
    {
        if (folder is not null)
        {
            return Found(MnistFiles.Find(folder), NameOf(folder), $"from {Path.GetFullPath(folder)}");
        }

        if (Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } fromEnvironment)
        {
            return Found(MnistFiles.Find(fromEnvironment), "MNIST", $"from {DirectoryVariable}, {fromEnvironment}");
        }

        var cache = DatasetCache.GetDirectory(MnistDataset.Mnist.Name);
        try
        {
            return Found(MnistFiles.Find(cache), "MNIST", $"from the cache, {cache}");
        }
        catch (IOException)
        {
            return new DigitSource(() => Draw(drawnFolder), "digits that MnistML draws", $"MNIST is not in {cache}", isDrawn: true);
        }
    }

    /// <summary>Reads the images to train on, which are not kept.</summary>
    public DigitSet ReadTrain() => DigitSet.Read(Files.TrainImages, Files.TrainLabels);

    /// <summary>Files that are there, of which the smaller ones are read at once: better now than after a training.</summary>
    private static DigitSource Found(MnistFiles files, string name, string origin)
    {
        var source = new DigitSource(() => files, name, origin, isDrawn: false);
        _ = source.Test;
        return source;
    }

    /// <summary>The folder's name; torchvision's <c>raw</c> says nothing, but the one around it does.</summary>
    private static string NameOf(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var name = Path.GetFileName(path) == "raw" ? Path.GetFileName(Path.GetDirectoryName(path)!) : Path.GetFileName(path);
        return name.Equals("mnist", StringComparison.OrdinalIgnoreCase) ? "MNIST" : name;
    }

    /// <summary>Draws them once; a folder appears only when it is complete.</summary>
    private static MnistFiles Draw(string folder)
    {
        if (!Directory.Exists(folder))
        {
            var temporary = $"{folder}.{Guid.NewGuid():N}.tmp";
            SyntheticDigits.Write(temporary, DrawnTrainCount, DrawnTestCount, DrawnSeed);
            Directory.Move(temporary, folder);
        }

        return MnistFiles.Find(folder);
    }
}
