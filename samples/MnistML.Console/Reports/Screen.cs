using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>
/// The console that commands write to. Where people look at a terminal it has colours and live displays; redirected, with NO_COLOR set, or
/// in a terminal that can't move its cursor (TERM=dumb), it writes plain lines.
/// </summary>
internal static class Screen
{
    /// <summary>What is read by other programs is not to be wrapped at the width of a screen.</summary>
    private const int WidthOfFiles = 1_000;

    private const string TerminalVariable = "TERM";
    private const string DumbTerminal = "dumb";

    private const string ShowCursorSequence = "\e[?25h";

    private static bool IsPlain => Console.IsOutputRedirected
        || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
        || Environment.GetEnvironmentVariable(TerminalVariable) == DumbTerminal;

    public static IAnsiConsole Create()
    {
        if (!IsPlain)
        {
            return AnsiConsole.Create(new AnsiConsoleSettings());
        }

        // .NET sets the keys of a terminal, by a sequence, before it writes the first character; not if it can't.
        Environment.SetEnvironmentVariable(TerminalVariable, DumbTerminal);
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(new TrimmedLines(Console.Out)),
        });
        console.Profile.Width = Console.IsOutputRedirected ? WidthOfFiles : Console.WindowWidth;
        return console;
    }

    /// <summary>Whether bars and figures can be drawn over what was drawn before.</summary>
    public static bool IsLive(this IAnsiConsole console) => console.Profile.Capabilities is { Interactive: true, Ansi: true };

    /// <summary>Undoes what a live display that is cut off leaves behind.</summary>
    public static void ShowCursor()
    {
        if (!IsPlain)
        {
            Console.Out.Write(ShowCursorSequence);
            Console.Out.Flush();
        }
    }

    /// <summary>Writes a fact behind its name; where it takes several lines, they begin below each other.</summary>
    public static void WriteFact(this IAnsiConsole console, string name, string fact)
    {
        var grid = new Grid()
            .AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(1))
            .AddColumn(new GridColumn().PadLeft(0).PadRight(0));
        console.Write(grid.AddRow(new Text($"{name}:"), new Text(fact)));
    }
}
