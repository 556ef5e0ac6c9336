using System.CommandLine;
using System.Diagnostics;
using System.Text.RegularExpressions;
using MnistML.Tests.Support;

namespace MnistML.Benchmarks.Screenshots;

/// <summary>Runs a program in a terminal of 80 columns, and draws what is on its screen.</summary>
internal static class ScreenshotCommand
{
    public static Command Create()
    {
        var path = new Option<string>("--out") { Description = "The picture", HelpName = "FILE.svg", Required = true };
        var title = new Option<string>("--title") { Description = "What the window's title says", DefaultValueFactory = _ => "" };
        var when = new Option<string?>("--when")
        {
            Description = "The first screen that this matches is drawn, instead of the last one",
            HelpName = "REGEX",
        };
        var program = new Argument<string[]>("COMMAND")
        {
            Description = "The program and its arguments, behind --",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("screenshot", "Draw the screen of a program that runs in a terminal of 80 columns")
        {
            path, title, when, program,
        };
        command.SetAction(parsed => Run(parsed.GetValue(program)!, parsed.GetValue(when), parsed.GetValue(title)!, parsed.GetValue(path)!));
        return command;
    }

    private static int Run(string[] program, string? when, string title, string path)
    {
        if (!PseudoTerminal.IsAvailable)
        {
            Console.Error.WriteLine("There is no terminal to be had: the program 'script' of util-linux is not here.");
            return 1;
        }

        var start = new ProcessStartInfo(program[0], program[1..]);
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["COLORTERM"] = "truecolor";
        start.Environment.Remove("NO_COLOR");
        using var terminal = PseudoTerminal.Start(start);
        var result = terminal.WaitForExit();
        if (result.ExitCode != 0)
        {
            Console.Error.WriteLine($"{program[0]} exits with {result.ExitCode}; its screen:\n{result.Screen.Text}");
            return 1;
        }

        if (FindScreen(terminal.Pieces, when) is not { } screen)
        {
            Console.Error.WriteLine($"No screen matches '{when}'; the last one:\n{result.Screen.Text}");
            return 1;
        }

        File.WriteAllText(path, new TerminalSvg(screen, PseudoTerminal.Columns, title).ToString());
        return 0;
    }

    private static TerminalScreen? FindScreen(IReadOnlyList<string> pieces, string? when)
    {
        var screen = new TerminalScreen(PseudoTerminal.Columns);
        foreach (var piece in pieces)
        {
            screen.Write(piece);
            if (when is not null && Regex.IsMatch(screen.Text, when))
            {
                return screen;
            }
        }

        return when is null ? screen : null;
    }
}
