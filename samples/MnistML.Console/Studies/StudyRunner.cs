using Microsoft.ML;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Studies;

/// <summary>Trains a study's networks one after the other and shows the progress.</summary>
/// <param name="mlContext">The context.</param>
/// <param name="screen">Where progress is shown.</param>
/// <param name="train">The images to learn from.</param>
/// <param name="test">The images that accuracy is measured on.</param>
/// <param name="epochs">Epochs of each training.</param>
/// <param name="seeds">Number of seeds, from 1 on.</param>
/// <param name="cancellationToken">Stops the study.</param>
internal sealed class StudyRunner(
    MLContext mlContext, IAnsiConsole screen, IDataView train, IDataView test, int epochs, int seeds, CancellationToken cancellationToken)
{
    private const int BarWidth = 16;

    /// <summary>Runs all trainings; the outcomes of a network are in the order of its choices.</summary>
    public IReadOnlyList<IReadOnlyList<ChoiceOutcome>> Run(Study study, Func<StudiedNetwork, string> describe)
    {
        var count = study.Networks.Sum(network => network.Choices.Count) * seeds;
        if (!screen.IsLive())
        {
            return Run(study, (network, choice, seed, number) =>
            {
                if (seed == 1)
                {
                    screen.WriteLine($"Training {number} to {number + seeds - 1} of {count}: {describe(network)}; {choice.Name}");
                }
            });
        }

        return screen.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth },
                new RemainingTimeColumn())
            .Start(context =>
            {
                var bar = context.AddTask("Training", maxValue: count);
                return Run(study, (network, choice, seed, number) =>
                {
                    bar.Value = number - 1;
                    bar.Description = Markup.Escape($"{number}/{count} {describe(network)}; {choice.Name}");
                });
            });
    }

    private List<IReadOnlyList<ChoiceOutcome>> Run(Study study, Action<StudiedNetwork, StudyChoice, int, int> onTraining)
    {
        var number = 0;
        var outcomes = new List<IReadOnlyList<ChoiceOutcome>>();
        foreach (var network in study.Networks)
        {
            var ofNetwork = new List<ChoiceOutcome>();
            foreach (var choice in network.Choices)
            {
                var runs = new List<double[]?>();
                for (var seed = 1; seed <= seeds; seed++)
                {
                    onTraining(network, choice, seed, ++number);
                    runs.Add(Train(choice.Options with { Seed = seed }));
                }

                ofNetwork.Add(
                    new ChoiceOutcome(
                        choice.Name,
                        runs,
                        study.ShowsSignal ? SignalProbe.Measure(mlContext, choice.Options with { Seed = 1 }, test) : null));
            }

            outcomes.Add(ofNetwork);
        }

        return outcomes;
    }

    /// <summary>The accuracy after each epoch; null for a training that diverged.</summary>
    private double[]? Train(MlpTrainer.Options options)
    {
        try
        {
            using var model = mlContext.MulticlassClassification.Trainers.Mlp(
                mlContext, options with { MaxEpochs = epochs, CancellationToken = cancellationToken }).Fit(train, test);
            return [.. model.History.Select(epoch => epoch.ValidationAccuracy!.Value)];
        }
        catch (MlpDivergenceException)
        {
            return null;
        }
    }
}
