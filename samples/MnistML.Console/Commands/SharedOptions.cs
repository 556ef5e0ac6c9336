using System.CommandLine;
using System.Globalization;

namespace MnistML.Samples.Commands;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    public static Option<string?> Data() => new("--data")
    {
        Description = "Folder of the four MNIST files, raw or .gz; else MNIST_DATA_DIR, the user's cache, a download, or digits drawn by the library",
        HelpName = "DIR",
    };

    public static Option<Uri?> Mirror() => new("--mirror")
    {
        Description = "Where to download MNIST from if it is not at hand: an address of a folder with the four files",
        HelpName = "URL",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
            {
                return address;
            }

            result.AddError($"--mirror is '{result.Tokens[0].Value}', but must be an address that begins with https:// or http://.");
            return null;
        },
    };

    public static Option<string?> Json() => new("--json")
    {
        Description = "Write the run's figures to this file",
        HelpName = "FILE",
    };

    /// <summary>An option that takes a number, or is left out.</summary>
    public static Option<double?> Number(string name, Func<double, bool> allows, string expected, string description) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && allows(number))
            {
                return number;
            }

            result.AddError($"{name} is '{result.Tokens[0].Value}', but must be a number {expected}.");
            return null;
        },
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
