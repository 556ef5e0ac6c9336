using System.CommandLine;
using System.Globalization;

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

    /// <summary>An option that takes a whole number, or is left out.</summary>
    public static Option<int?> WholeNumber(string name, int minimum, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number) && number >= minimum)
            {
                return number;
            }

            result.AddError($"{name} is '{result.Tokens[0].Value}', but must be a whole number of at least {minimum}.");
            return null;
        },
    };
}
