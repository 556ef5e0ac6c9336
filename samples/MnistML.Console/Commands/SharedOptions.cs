using System.CommandLine;

namespace MnistML.Samples.Commands;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option<string?> Data() => new("--data")
    {
        Description = "Folder of the four MNIST files, raw or .gz; else MNIST_DATA_DIR, the user's cache, or digits drawn by the library",
        HelpName = "DIR",
    };

    public static Option<string?> Json() => new("--json")
    {
        Description = "Write the run's figures to this file",
        HelpName = "FILE",
    };
}
