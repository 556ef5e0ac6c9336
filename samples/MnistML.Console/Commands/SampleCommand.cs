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

    protected IAnsiConsole Screen { get; }

    /// <summary>Gives another command this one's options and work.</summary>
    public void LendTo(Command command)
    {
        foreach (var option in Options)
        {
            command.Options.Add(option);
        }

        command.SetAction(RunInBackgroundAsync);
    }

    /// <summary>Adds options, in the order of the help.</summary>
    protected void Take(params IEnumerable<Option> options)
    {
        foreach (var option in options)
        {
            Options.Add(option);
        }
    }

    /// <summary>
    /// Does the work. What a user can put right is thrown as an exception of files, data or arguments, with a message that says how.
    /// </summary>
    protected abstract Task RunAsync(ParseResult parsed, CancellationToken cancellationToken);

    private Task RunInBackgroundAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        Task.Run(() => RunAsync(parsed, cancellationToken), CancellationToken.None);
}
