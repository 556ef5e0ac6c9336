using Microsoft.ML;
using MnistML.Datasets;

namespace MnistML.Samples.Data;

/// <summary>Images of digits with their labels, to train on and to test with. Disposing deletes what was drawn for this run.</summary>
internal sealed class DigitData : IDisposable
{
    /// <summary>Enough for a network to learn the drawn digits well, few enough to be drawn and learnt in seconds.</summary>
    private const int SyntheticTrainCount = 12_000;
    private const int SyntheticTestCount = 2_000;
    private const int SyntheticSeed = 1;
    private const string DirectoryVariable = "MNIST_DATA_DIR";

    private readonly string? _temporaryDirectory;

    private DigitData(MLContext mlContext, MnistFiles files, string name, string origin, string? temporaryDirectory = null)
    {
        _temporaryDirectory = temporaryDirectory;
        Name = name;
        Origin = origin;
        Train = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
        Test = mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels);
    }

    /// <summary>The data set's name, for example <c>mnist</c>.</summary>
    public string Name { get; }

    /// <summary>Where it was found, in words.</summary>
    public string Origin { get; }

    public bool IsSynthetic => _temporaryDirectory is not null;

    public IDataView Train { get; }

    public IDataView Test { get; }

    /// <summary>
    /// Takes the first source that there is: a folder given on the command line, one given by the environment, the user's cache, and else
    /// digits that the library draws. One that is named must be usable.
    /// </summary>
    public static DigitData Load(MLContext mlContext, string? directory)
    {
        if (directory is not null)
        {
            return new DigitData(mlContext, MnistFiles.Find(directory), Path.GetFileName(Path.GetFullPath(directory)), $"from {directory}");
        }

        if (Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } fromEnvironment)
        {
            return new DigitData(mlContext, MnistFiles.Find(fromEnvironment), "mnist", $"from {DirectoryVariable}, {fromEnvironment}");
        }

        var cache = DatasetCache.GetDirectory("mnist");
        return Directory.Exists(cache)
            ? new DigitData(mlContext, MnistFiles.Find(cache), "mnist", $"from the cache, {cache}")
            : Draw(mlContext);
    }

    public void Dispose()
    {
        if (_temporaryDirectory is not null)
        {
            Directory.Delete(_temporaryDirectory, recursive: true);
        }
    }

    private static DigitData Draw(MLContext mlContext)
    {
        var directory = Directory.CreateTempSubdirectory("mnistml-digits-").FullName;
        try
        {
            var files = SyntheticDigits.Write(directory, SyntheticTrainCount, SyntheticTestCount, SyntheticSeed);
            return new DigitData(mlContext, files, "synthetic-digits", "drawn by MnistML", directory);
        }
        catch
        {
            Directory.Delete(directory, recursive: true);
            throw;
        }
    }
}
