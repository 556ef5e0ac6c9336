using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace MnistML.Samples.Commands;

/// <summary>Says in one line what is wrong with a command line, and what may have been meant.</summary>
internal static class UserMistake
{
    public static string Describe(ParseResult parsed) => $"{DescribeMistake(parsed)} Run with --help for the options.";

    private static string DescribeMistake(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is not [var unknown, ..])
        {
            return string.Join(' ', parsed.Errors.Select(error => EndSentence(error.Message)).Distinct());
        }

        var isOption = unknown.StartsWith('-');
        var found = isOption
            ? $"There is no option {unknown}"
            : parsed.CommandResult.Command.Subcommands.Count > 0 ? $"There is no command '{unknown}'" : $"'{unknown}' is one word too many";
        var path = string.Join(' ', Ancestors(parsed.CommandResult).Reverse().Skip(1).Select(ancestor => ancestor.Command.Name));
        var command = path.Length == 0 ? "" : isOption ? $" of {path}" : $" after {path}";
        return $"{found}{command}.{Suggest(parsed)}";
    }

    /// <summary>
    /// The library's own suggestions for the first unknown word. It writes a question, and then each suggestion on its own line.
    /// </summary>
    private static string Suggest(ParseResult parsed)
    {
        if (parsed.Action is not ParseErrorAction action)
        {
            return "";
        }

        using var output = new StringWriter();
        action.ShowHelp = false;
        parsed.Invoke(new InvocationConfiguration { Output = output, Error = TextWriter.Null });
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] suggestions = [.. lines.Skip(1).TakeWhile(line => !line.Contains(' '))];
        return suggestions.Length == 0 ? "" : $" Did you mean {string.Join(" or ", suggestions)}?";
    }

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

    private static string EndSentence(string message) => message.EndsWith('.') ? message : $"{message}.";
}
