using System.CommandLine;
using Microsoft.ML;
using MnistML.Samples.Data;
using MnistML.Samples.Reports;
using MnistML.Samples.Studies;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>Trains the same network under several choices, and compares them.</summary>
internal sealed class StudyCommand : SampleCommand
{
    private const int DefaultEpochs = 5;
    private const int DefaultSeeds = 3;

    /// <summary>Few enough for all trainings to end within a minute or two; enough for accuracies to differ between choices.</summary>
    private const int DefaultRows = 6_000;
    private const int MaxTestRows = 2_000;

    private readonly Study _study;
    private readonly DigitOptions _digits = new();
    private readonly Option<int?> _epochs = SharedOptions.WholeNumber(
        "--epochs", minimum: 1, $"Passes over the images in each training [default: {DefaultEpochs}]");
    private readonly Option<int?> _seeds = SharedOptions.WholeNumber(
        "--seeds", minimum: 1, $"Trainings of each choice, with the seeds 1, 2, … [default: {DefaultSeeds}]");
    private readonly Option<int?> _rows = SharedOptions.WholeNumber(
        "--rows", minimum: 1, $"Training images, the first ones of the set [default: {DefaultRows}]");

    private readonly Option<string> _out = new("--out")
    {
        Description = "Folder for the plot",
        HelpName = "DIR",
        DefaultValueFactory = _ => "mnistml-out",
    };

    private StudyCommand(IAnsiConsole screen, Study study, string description)
        : base(screen, study.Name, description, $"study {study.Name}", $"study {study.Name} --epochs 20 --seeds 5 --rows 60000")
    {
        _study = study;
        AddOptions([_epochs, _seeds, _rows, .. _digits.All, _out]);
    }

    public static Command Create(IAnsiConsole screen) => new("study", "Train the same network under several choices, and compare them")
    {
        new StudyCommand(screen, Study.OfInitializers, "Compare initialisers: in the classic network, in a deeper one, and with sigmoids"),
        new StudyCommand(screen, Study.OfOptimizers, "Compare optimisers on the classic network"),
    };

    protected override async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var epochs = parsed.GetValue(_epochs) ?? DefaultEpochs;
        OutputFile.EnsureFolderWritable("--out", parsed.GetValue(_out)!, "mnistml-out");
        var mlContext = new MLContext();
        using var data = await _digits.LoadAsync(mlContext, Screen, parsed, cancellationToken).ConfigureAwait(false);
        var rows = Math.Min(parsed.GetValue(_rows) ?? DefaultRows, data.Train.GetRowCount()!.Value);
        Screen.WriteLine(
            $"Each training: the first {rows:N0} images, batches of {Study.BatchSize}; accuracy on the first "
            + $"{Math.Min(MaxTestRows, data.Test.GetRowCount()!.Value):N0} test images");
        var train = mlContext.Data.TakeRows(data.Train, rows);
        var test = mlContext.Data.TakeRows(data.Test, MaxTestRows);

        var plotPath = Path.Combine(parsed.GetValue(_out)!, $"study-{_study.Name}.png");
        var runner = new StudyRunner(mlContext, Screen, train, test, epochs, parsed.GetValue(_seeds) ?? DefaultSeeds, cancellationToken);
        string Describe(StudiedNetwork network) => network.Describe(ModelSummary.ArchitectureOf(data, network.Options));
        var report = new StudyReport(_study, [.. _study.Networks.Select(Describe)], runner.Run(_study, Describe), epochs);
        report.WriteTables(Screen);
        report.WriteFindings(Screen);
        report.WritePlot(plotPath);
        Screen.WriteLine();
        Screen.WriteFact("Plot", plotPath);
    }
}
