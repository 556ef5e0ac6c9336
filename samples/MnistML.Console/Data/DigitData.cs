using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Datasets;
using MnistML.Idx;

namespace MnistML.Samples.Data;

/// <summary>Images of digits with their labels, to train on and to test with. Disposing deletes what was drawn for this run.</summary>
internal sealed class DigitData : IDisposable
{
    /// <summary>Enough for a network to learn the drawn digits well, few enough to draw and to train on in seconds.</summary>
    private const int SyntheticTrainCount = 12_000;
    private const int SyntheticTestCount = 2_000;
    private const int SyntheticSeed = 1;

    /// <summary>Height and width of the digits that the library draws.</summary>
    private const int DrawnSide = 28;
    private const int DigitCount = 10;
    private const int MaxContinental = 1_000_000;
    private const string DirectoryVariable = "MNIST_DATA_DIR";

    private readonly MnistFiles _files;
    private readonly List<IDisposable> _drawn = [];

    private DigitData(MLContext mlContext, MnistFiles files, string name, string origin, IDisposable? drawn = null)
    {
        _files = files;
        if (drawn is not null)
        {
            _drawn.Add(drawn);
        }

        Name = name;
        Origin = origin;
        Train = Load(mlContext, files.TrainImages, files.TrainLabels);
        Test = Load(mlContext, files.TestImages, files.TestLabels);
    }

    /// <summary>The data set's name, for example <c>mnist</c>.</summary>
    public string Name { get; }

    /// <summary>Where it was found, in words.</summary>
    public string Origin { get; }

    /// <summary>Why the digits are synthetic; null if they are not.</summary>
    public string? WhySynthetic { get; private init; }

    public IDataView Train { get; private set; }

    /// <summary>Rows of pixels in each image.</summary>
    public int Height => ShapeOf(Train)[0];

    /// <summary>Pixels in each row.</summary>
    public int Width => ShapeOf(Train)[1];

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
            var files = MnistFiles.Find(directory);
            var folder = Path.GetDirectoryName(files.TrainImages)!;
            return new DigitData(mlContext, files, NameOf(folder), $"from {folder}");
        }

        if (Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } fromEnvironment)
        {
            var files = MnistFiles.Find(fromEnvironment);
            return new DigitData(mlContext, files, "mnist", $"from {DirectoryVariable}, {Path.GetDirectoryName(files.TrainImages)}");
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

    public void Dispose() => _drawn.ForEach(folder => folder.Dispose());

    /// <summary>Adds ones with flags and sevens with bars, which the library draws, to the training images.</summary>
    /// <param name="mlContext">The environment.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <exception cref="ArgumentException">The images are not the ten digits in 28 × 28 pixels.</exception>
    public void AddContinental(MLContext mlContext, int count)
    {
        var classCount = DigitImages.ClassNamesOf(Train.Schema["Label"]).Count;
        if (Height != DrawnSide || Width != DrawnSide || classCount != DigitCount)
        {
            throw new ArgumentException(
                $"--continental adds digits of {DrawnSide} × {DrawnSide} pixels, but {Name} has {classCount} classes of {Height} × {Width} "
                + "pixels: leave it out, or take MNIST.");
        }

        if (count > MaxContinental)
        {
            throw new ArgumentException(
                $"--continental is {count:N0}, but must be at most {MaxContinental:N0}; some thousands are enough.");
        }

        var directory = Directory.CreateTempSubdirectory("mnistml-digits-").FullName;
        _drawn.Add(Leftovers.Own(directory));
        var drawn = SyntheticDigits.WriteContinental(directory, count, testCount: 0, SyntheticSeed);
        Append(_files.TrainImages, drawn.TrainImages);
        Append(_files.TrainLabels, drawn.TrainLabels);
        Train = Load(mlContext, drawn.TrainImages, drawn.TrainLabels);
    }

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

    /// <summary>The folder's name; torchvision's <c>raw</c> says nothing, but the one around it does.</summary>
    private static string NameOf(string folder)
    {
        var path = Path.GetFullPath(folder);
        return Path.GetFileName(path) == "raw" ? Path.GetFileName(Path.GetDirectoryName(path)!) : Path.GetFileName(path);
    }

    /// <exception cref="InvalidDataException">The items are no images, or there are none.</exception>
    private static IDataView Load(MLContext mlContext, string imagesPath, string labelsPath)
    {
        var view = mlContext.Data.LoadFromIdx(imagesPath, labelsPath);
        var (count, shape) = (view.GetRowCount()!.Value, ShapeOf(view));
        if (shape.Length < 2)
        {
            throw new InvalidDataException(
                $"'{imagesPath}' holds {count:N0} items of "
                + $"{(shape[0] == 1 ? "one number, as labels are" : $"{shape[0]} numbers in a row")}, but images were "
                + "expected, such as 60000×28×28 (count × height × width): put the file of images in its place.");
        }

        return count > 0
            ? view
            : throw new InvalidDataException($"'{imagesPath}' holds no image, but there must be one at least: take another file.");
    }

    /// <summary>Makes a file of what another has, followed by what it has itself.</summary>
    private static void Append(string firstPath, string path)
    {
        var (first, second) = (IdxFile.Read(firstPath), IdxFile.Read(path));
        if (first.Header.ElementType != IdxElementType.UInt8)
        {
            throw new ArgumentException(
                $"--continental adds digits of one byte a pixel, but '{firstPath}' holds {first.Header}: leave it out, or take MNIST.");
        }

        int[] dimensions = [.. first.Header.Dimensions];
        dimensions[0] += second.Header.Dimensions[0];
        IdxFile.Write<byte>(path, [.. first.ToArray<byte>(), .. second.ToArray<byte>()], dimensions);
    }

    private static ImmutableArray<int> ShapeOf(IDataView view) => ((VectorDataViewType)view.Schema["Image"].Type).Dimensions;

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
