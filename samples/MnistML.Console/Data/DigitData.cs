using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Datasets;

namespace MnistML.Samples.Data;

/// <summary>Images of digits with their labels, to train on and to test with. Disposing deletes what was drawn for this run.</summary>
internal sealed class DigitData : IDisposable
{
    /// <summary>Enough for a network to learn the drawn digits well, few enough to draw and to train on in seconds.</summary>
    private const int SyntheticTrainCount = 12_000;
    private const int SyntheticTestCount = 2_000;
    private const int SyntheticSeed = 1;
    private const string DirectoryVariable = "MNIST_DATA_DIR";

    private readonly IDisposable? _drawn;

    private DigitData(MLContext mlContext, MnistFiles files, string name, string origin, IDisposable? drawn = null)
    {
        _drawn = drawn;
        Name = name;
        Origin = origin;
        Train = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
        Test = mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels);
    }

    /// <summary>The data set's name, for example <c>mnist</c>.</summary>
    public string Name { get; }

    /// <summary>Where it was found, in words.</summary>
    public string Origin { get; }

    /// <summary>Why the digits are synthetic; null if they are not.</summary>
    public string? WhySynthetic { get; private init; }

    public IDataView Train { get; }

    /// <summary>Rows of pixels in each image.</summary>
    public int Height => ImageType.Dimensions[0];

    /// <summary>Pixels in each row.</summary>
    public int Width => ImageType.Dimensions[1];

    private VectorDataViewType ImageType => (VectorDataViewType)Train.Schema["Image"].Type;

    public IDataView Test { get; }

    /// <summary>
    /// Takes the first source that exists: a folder given on the command line, one given by the environment, the user's cache, a
    /// download, or digits that the library draws. A named source, also a mirror, must be usable.
    /// </summary>
    public static async Task<DigitData> LoadAsync(
        MLContext mlContext, string? directory, Uri? mirror, IProgress<DownloadProgress> progress, CancellationToken cancellationToken)
    {
        if (directory is not null)
        {
            return new DigitData(mlContext, MnistFiles.Find(directory), Path.GetFileName(Path.GetFullPath(directory)), $"from {directory}");
        }

        if (Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } fromEnvironment)
        {
            return new DigitData(mlContext, MnistFiles.Find(fromEnvironment), "mnist", $"from {DirectoryVariable}, {fromEnvironment}");
        }

        try
        {
            return await DownloadAsync(mlContext, mirror, progress, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (mirror is null && exception is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            return Draw(mlContext, exception.Message);
        }
    }

    public void Dispose() => _drawn?.Dispose();

    /// <summary>Takes MNIST from the user's cache, and what is missing or wrong there from the network.</summary>
    private static async Task<DigitData> DownloadAsync(
        MLContext mlContext, Uri? mirror, IProgress<DownloadProgress> progress, CancellationToken cancellationToken)
    {
        var dataset = mirror is null ? MnistDataset.Mnist : MnistDataset.Mnist with { Mirrors = [mirror] };
        var cache = DatasetCache.GetDirectory(dataset.Name);
        var watched = new WatchedProgress(progress);
        var files = await dataset.DownloadAsync(cache, progress: watched, cancellationToken: cancellationToken).ConfigureAwait(false);
        return new DigitData(mlContext, files, dataset.Name, watched.HasReported ? $"downloaded into {cache}" : $"from the cache, {cache}");
    }

    private static DigitData Draw(MLContext mlContext, string why)
    {
        var directory = Directory.CreateTempSubdirectory("mnistml-digits-").FullName;
        var drawn = Leftovers.Own(directory);
        try
        {
            var files = SyntheticDigits.Write(directory, SyntheticTrainCount, SyntheticTestCount, SyntheticSeed);
            return new DigitData(mlContext, files, "synthetic-digits", "drawn by MnistML", drawn) { WhySynthetic = why };
        }
        catch
        {
            drawn.Dispose();
            throw;
        }
    }

    /// <summary>Records whether anything was reported. Nothing is reported for files that exist already.</summary>
    private sealed class WatchedProgress(IProgress<DownloadProgress> progress) : IProgress<DownloadProgress>
    {
        public bool HasReported { get; private set; }

        public void Report(DownloadProgress value)
        {
            HasReported = true;
            progress.Report(value);
        }
    }
}
