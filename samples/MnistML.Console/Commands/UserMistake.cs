using System.CommandLine;
using System.CommandLine.Parsing;

namespace MnistML.Samples.Commands;

/// <summary>Says in one line what is wrong with a command line, and what may have been meant.</summary>
internal static class UserMistake
{
    /// <summary>A word with more letters wrong than one in three is another word.</summary>
    private const int LettersPerSlip = 3;

    public static string Describe(ParseResult parsed) => $"{DescribeMistake(parsed)} Run with --help for the options.";

    private static string DescribeMistake(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is not [var unknown, ..])
        {
            return string.Join(' ', parsed.Errors.Select(error => EndSentence(error.Message)).Distinct());
        }

        var isOption = unknown.StartsWith('-');
        var command = parsed.CommandResult.Command;
        var names = isOption
            ? OptionsOf(parsed.CommandResult).SelectMany(option => option.Aliases.Prepend(option.Name))
            : command.Subcommands.Select(subcommand => subcommand.Name);
        var found = isOption ? $"There is no option {unknown}" : command.Subcommands.Count > 0 ? $"There is no command '{unknown}'" : $"'{unknown}' is one word too many";
        var path = string.Join(' ', Ancestors(parsed.CommandResult).Reverse().Skip(1).Select(ancestor => ancestor.Command.Name));
        var place = path.Length == 0 ? "" : isOption ? $" of {path}" : $" after {path}";
        var nearest = names.Select(name => (Name: name, Slips: CountSlips(unknown, name)))
            .Where(candidate => candidate.Slips <= Math.Max(1, candidate.Name.TrimStart('-').Length / LettersPerSlip))
            .OrderBy(candidate => candidate.Slips).Select(candidate => candidate.Name).FirstOrDefault();
        return $"{found}{place}.{(nearest is null ? "" : $" Did you mean {nearest}?")}";
    }

    private static IEnumerable<Option> OptionsOf(CommandResult result) =>
        Ancestors(result).SelectMany(ancestor => ancestor.Command.Options.Where(option => ancestor == result || option.Recursive));

    private static IEnumerable<CommandResult> Ancestors(CommandResult result)
    {
        for (SymbolResult? at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult command)
            {
                yield return command;
            }
        }
    }

    /// <summary>Letters to add, leave out, change or exchange with their neighbours to make one word of the other (Damerau, 1964).</summary>
    private static int CountSlips(string word, string other)
    {
        var slips = new int[word.Length + 1, other.Length + 1];
        for (var i = 0; i <= word.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                slips[i, j] = i == 0 || j == 0
                    ? i + j
                    : Math.Min(Math.Min(slips[i - 1, j], slips[i, j - 1]) + 1, slips[i - 1, j - 1] + (word[i - 1] == other[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && word[i - 1] == other[j - 2] && word[i - 2] == other[j - 1])
                {
                    slips[i, j] = Math.Min(slips[i, j], slips[i - 2, j - 2] + 1);
                }
            }
        }

        return slips[word.Length, other.Length];
    }

    private static string EndSentence(string message) => message.EndsWith('.') ? message : $"{message}.";
}
