using MnistML.Samples.Plots;
using Spectre.Console;

namespace MnistML.Samples.Studies;

/// <summary>A study's outcome: a table and a plot with a part for each network, and what the figures say.</summary>
/// <param name="study">The study.</param>
/// <param name="networks">The networks in words.</param>
/// <param name="outcomes">For each network the outcomes of the choices.</param>
/// <param name="epochs">Epochs of each training.</param>
internal sealed class StudyReport(
    Study study, IReadOnlyList<string> networks, IReadOnlyList<IReadOnlyList<ChoiceOutcome>> outcomes, int epochs)
{
    private const int EarlyEpoch = 3;

    private int[] ShownEpochs => [.. ((int[])[1, EarlyEpoch, epochs]).Where(epoch => epoch <= epochs).Distinct()];

    public void WriteTables(IAnsiConsole console)
    {
        console.WriteLine("Accuracy: mean over seeds ± standard deviation");
        foreach (var (network, ofNetwork) in networks.Zip(outcomes))
        {
            console.WriteLine();
            console.WriteLine($"{network}");
            console.Write(CreateTable(ofNetwork));
        }
    }

    /// <summary>Writes one picture with a plot for each network.</summary>
    public void WritePlot(string path) => LinePlot.WriteAll(path, [.. networks.Zip(outcomes, (network, ofNetwork) => new LinePlot
    {
        Title = $"{network}: accuracy by {study.ChoiceName.ToLowerInvariant()}",
        VerticalTitle = ofNetwork[0].Runs.Count is > 1 and var seeds ? $"Test accuracy, mean ± SD of {seeds} seeds" : "Test accuracy",
        VerticalFormat = "0.00",
        Lines =
        [
            .. ofNetwork.Where(outcome => !outcome.HasDiverged).Select(outcome => new PlotLine(
                outcome.Name,
                [
                    .. Enumerable.Range(1, epochs)
                    .Select(epoch => new PlotPoint(epoch, outcome.After(epoch).Mean, outcome.After(epoch).Deviation ?? 0)),
                ])),
        ],
    })]);

    public void WriteFindings(IAnsiConsole console)
    {
        console.WriteLine();
        foreach (var finding in StudyFindings.Of(study, networks, outcomes, epochs))
        {
            console.WriteLine(finding);
        }
    }

    private Table CreateTable(IReadOnlyList<ChoiceOutcome> ofNetwork)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn(study.ChoiceName).NoWrap().Padding(0, 1));
        if (study.ShowsSignal)
        {
            table.AddColumn(new TableColumn("Signal").RightAligned().Padding(1, 1));
        }

        foreach (var epoch in ShownEpochs)
        {
            table.AddColumn(new TableColumn(epoch == 1 ? "1 epoch" : $"{epoch} epochs").RightAligned().NoWrap().Padding(1, 1));
        }

        foreach (var outcome in ofNetwork)
        {
            table.AddRow(
            [
                Markup.Escape(outcome.Name),
                .. study.ShowsSignal ? [StudyFindings.FormatSignal(outcome.Signal!.Value)] : (string[])[],
                .. ShownEpochs.Select(epoch => $"{outcome.After(epoch)}"),
            ]);
        }

        return table;
    }
}
