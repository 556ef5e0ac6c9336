using System.CommandLine;
using MnistML.Datasets;

namespace MnistML.Benchmarks;

/// <summary>Finds the real MNIST.</summary>
internal static class Mnist
{
    private const string DirectoryVariable = "MNIST_DATA_DIR";

    public static Option<string?> DirectoryOption() => new("--data")
    {
        Description = $"Folder of the four MNIST files; else {DirectoryVariable}, else the user's cache",
        HelpName = "DIR",
    };

    /// <summary>The files; or null where they are missing, after a line that says so.</summary>
    public static MnistFiles? Find(string? directory, string whatFor)
    {
        directory ??= Environment.GetEnvironmentVariable(DirectoryVariable);
        if (directory is { Length: > 0 })
        {
            return MnistFiles.Find(directory);
        }

        try
        {
            return MnistFiles.Find(DatasetCache.GetDirectory(MnistDataset.Mnist.Name));
        }
        catch (IOException)
        {
            Console.WriteLine(
                $"{whatFor} is left out: MNIST is missing (neither --data, nor {DirectoryVariable}, nor in the user's cache).");
            return null;
        }
    }
}
