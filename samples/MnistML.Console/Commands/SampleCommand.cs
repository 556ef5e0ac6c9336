using System.CommandLine;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>A command of this program: its options, its examples, and what it does.</summary>
internal abstract class SampleCommand : Command
{
    protected SampleCommand(IAnsiConsole screen, string name, string description, params IReadOnlyList<string> examples)
        : base(name, description)
    {
        Screen = screen;
        Examples = examples;
        SetAction(RunInBackgroundAsync);
    }

    /// <summary>Command lines for the help, without the program's name.</summary>
    public IReadOnlyList<string> Examples { get; }

    protected IAnsiConsole Screen { get; private set; }

    /// <summary>Gives another command the options and the action of this one.</summary>
    public void CopyTo(Command command)
    {
        foreach (var option in Options)
        {
            command.Options.Add(option);
        }

        command.SetAction(RunInBackgroundAsync);
    }

    /// <summary>Adds options, in the order of the help.</summary>
    protected void AddOptions(params IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            Options.Add(option);
        }
    }

    /// <summary>
    /// Does the work. A mistake that the user can correct is thrown as an exception of files, data or arguments; its message says how.
    /// </summary>
    protected abstract Task RunAsync(ParseResult parsed, CancellationToken cancellationToken);

    /// <summary>Writes nothing from now on, since another process does.</summary>
    protected void Silence() => Screen = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });

    private Task RunInBackgroundAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        Task.Run(() => RunAsync(parsed, cancellationToken), CancellationToken.None);
}
