using System.CommandLine;
using System.CommandLine.Help;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>The program: all its commands, and what it does without one.</summary>
internal sealed class SampleRootCommand : RootCommand
{
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Show the stack trace of an error", Recursive = true };

    public SampleRootCommand(IAnsiConsole screen)
        : base(
            "Trains a multi-layer perceptron on handwritten digits in an ML.NET pipeline, and shows what it does. "
            + "Without a command: train.")
    {
        var train = new TrainCommand(screen);
        Command[] commands =
        [
            train,
            new EvaluateCommand(screen),
            new PredictCommand(screen),
            new ExplainCommand(screen),
            new ExportCommand(screen),
            new ShowCommand(screen),
            StudyCommand.Create(screen),
        ];
        foreach (var command in commands)
        {
            Subcommands.Add(command);
        }

        train.CopyTo(this);
        Options.Add(_verbose);
        var help = Options.OfType<HelpOption>().Single();
        var usual = (HelpAction)help.Action!;
        usual.MaxWidth = screen.Profile.Width;
        help.Action = new HelpWithExamples(usual, [.. commands.OfType<SampleCommand>().Select(command => command.Examples[0])]);
    }

    public bool IsVerbose(ParseResult parsed) => parsed.GetValue(_verbose);
}
