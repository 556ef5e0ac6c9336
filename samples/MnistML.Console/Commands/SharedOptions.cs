using System.CommandLine;
using System.Globalization;

namespace MnistML.Samples.Commands;

/// <summary>Options that several commands have.</summary>
internal static class SharedOptions
{
    /// <summary>Where training saves its model, and where others look for it.</summary>
    public const string DefaultModelPath = "mnistml-out/model.zip";

    public static Option<string> Model() => new("--model")
    {
        Description = "The saved model",
        HelpName = "model.zip",
        DefaultValueFactory = _ => DefaultModelPath,
    };

    public static Option<string?> Json() => new("--json")
    {
        Description = "Write the run's figures to this file",
        HelpName = "FILE",
    };

    /// <summary>An option that takes one of a few words, or is left out.</summary>
    public static Option<string?> Choice(string name, string description, params string[] words) => new(name)
    {
        Description = description,
        HelpName = string.Join('|', words),
        CustomParser = result =>
        {
            if (words.Contains(result.Tokens[0].Value))
            {
                return result.Tokens[0].Value;
            }

            result.AddError($"{name} is '{result.Tokens[0].Value}', but must be {string.Join(", ", words[..^1])} or {words[^1]}.");
            return null;
        },
    };

    /// <summary>An option that takes a number, or is left out.</summary>
    public static Option<double?> Number(string name, Func<double, bool> allows, string expected, string description) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number)
                && allows(number))
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
