namespace MnistML.Datasets;

/// <summary>The paths of the four IDX files that MNIST, and data sets made like it, consist of. Each may be raw or gzipped.</summary>
/// <param name="TrainImages">Images to train on.</param>
/// <param name="TrainLabels">Their labels.</param>
/// <param name="TestImages">Images to test with.</param>
/// <param name="TestLabels">Their labels.</param>
public sealed record MnistFiles(string TrainImages, string TrainLabels, string TestImages, string TestLabels)
{
    private static readonly string[] BaseNames = ["train-images", "train-labels", "t10k-images", "t10k-labels"];

    /// <summary>The four raw files of a folder under the names that MNIST is distributed with, whether they exist or not.</summary>
    /// <param name="directory">The folder.</param>
    public static MnistFiles In(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string[] paths = [.. BaseNames.Select(name => Path.Combine(directory, FileNamesOf(name)[0]))];
        return new MnistFiles(paths[0], paths[1], paths[2], paths[3]);
    }

    /// <summary>
    /// Finds the four files in a folder, under the names that they are seen with: <c>train-images-idx3-ubyte</c>,
    /// <c>train-images.idx3-ubyte</c>, and both with <c>.gz</c>; likewise the others.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">Files are missing; the message names each.</exception>
    public static MnistFiles Find(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        if (!Directory.Exists(directory))
        {
            throw new DirectoryNotFoundException($"There is no folder '{directory}'.");
        }

        string?[] paths = [.. BaseNames.Select(name => FileNamesOf(name).Select(file => Path.Combine(directory, file)).FirstOrDefault(File.Exists))];
        string[] missing = [.. BaseNames.Where((_, i) => paths[i] is null).Select(name => FileNamesOf(name)[0])];
        if (missing.Length > 0)
        {
            throw new FileNotFoundException(
                $"'{directory}' does not hold {string.Join(", ", missing)} (raw or .gz), but MNIST consists of {BaseNames.Length} files.");
        }

        return new MnistFiles(paths[0]!, paths[1]!, paths[2]!, paths[3]!);
    }

    private static string[] FileNamesOf(string baseName)
    {
        var dimensions = baseName.EndsWith("images", StringComparison.Ordinal) ? 3 : 1;
        string[] names = [$"{baseName}-idx{dimensions}-ubyte", $"{baseName}.idx{dimensions}-ubyte"];
        return [.. names, .. names.Select(name => $"{name}.gz")];
    }
}
