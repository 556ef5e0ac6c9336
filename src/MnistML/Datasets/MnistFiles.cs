namespace MnistML.Datasets;

/// <summary>The paths of the four IDX files that MNIST, and data sets made like it, consist of. Each may be raw or gzipped.</summary>
/// <param name="TrainImages">Images to train on.</param>
/// <param name="TrainLabels">Their labels.</param>
/// <param name="TestImages">Images to test with.</param>
/// <param name="TestLabels">Their labels.</param>
public sealed record MnistFiles(string TrainImages, string TrainLabels, string TestImages, string TestLabels)
{
    /// <summary>The four raw files of a folder under the names that MNIST is distributed with, whether they exist or not.</summary>
    /// <param name="directory">The folder.</param>
    public static MnistFiles In(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return From([.. MnistDataset.Mnist.Files.Select(file => Path.Combine(directory, file.RawName))]);
    }

    /// <summary>
    /// Finds MNIST's four files in a folder, under their usual names, in any case: <c>train-images-idx3-ubyte</c>,
    /// <c>train-images.idx3-ubyte</c>, and both with <c>.gz</c>; likewise the others. If they are not there, they are taken from
    /// <c>raw</c> or <c>MNIST/raw</c> below it, where torchvision puts them.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, or it is a file.</exception>
    /// <exception cref="FileNotFoundException">
    /// Files are missing; the message names each, and where files of these names lie below the folder, if there are any.
    /// </exception>
    public static MnistFiles Find(string directory) => MnistDataset.Mnist.Find(directory);

    /// <summary>Four paths in the order of <see cref="MnistDataset.Files"/>.</summary>
    internal static MnistFiles From(IReadOnlyList<string> paths) => new(paths[0], paths[1], paths[2], paths[3]);
}
