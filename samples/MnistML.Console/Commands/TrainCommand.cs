using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using MnistML.Samples.Data;
using MnistML.Samples.Plots;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>Trains a network, evaluates it on the test set, and saves it.</summary>
internal sealed class TrainCommand(IAnsiConsole console)
{
    private const string DefaultModelPath = "mnistml-out/model.zip";

    private readonly TrainingOptions _training = new();
    private readonly Option<string?> _data = SharedOptions.Data();
    private readonly Option<Uri?> _mirror = SharedOptions.Mirror();
    private readonly Option<string> _out = new("--out")
    {
        Description = "Where to save the model",
        HelpName = "model.zip",
        DefaultValueFactory = _ => DefaultModelPath,
    };

    private readonly Option<string?> _json = SharedOptions.Json();
    private readonly Option<string?> _plots = new("--plots")
    {
        Description = "Write pictures into this folder: loss and accuracy by epoch, confusion matrix, worst mistakes, the first layer's weights",
        HelpName = "DIR",
    };

    public Command CreateCommand()
    {
        var command = new Command("train", "Train a network, evaluate it on the test set, and save it");
        Attach(command);
        return command;
    }

    /// <summary>Makes a command do this one's work, with its options.</summary>
    public void Attach(Command command)
    {
        Option[] options = [.. _training.All, _data, _mirror, _out, _json, _plots];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => Task.Run(() => RunAsync(parsed, cancellationToken), CancellationToken.None));
    }

    private async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = _training.Read(parsed);
        var modelPath = parsed.GetValue(_out)!;
        var mlContext = new MLContext(options.Seed);
        ModelFile.EnsureWritable(modelPath);

        var watch = Stopwatch.StartNew();
        using var data = await new DownloadDisplay(console).RunAsync(progress =>
            DigitData.LoadAsync(mlContext, parsed.GetValue(_data), parsed.GetValue(_mirror), progress, cancellationToken)).ConfigureAwait(false);
        var loadSeconds = watch.Elapsed.TotalSeconds;
        DataReport.Write(console, data);
        var architecture = ModelSummary.ArchitectureOf(data, options);
        ModelSummary.Write(console, architecture, options);

        watch.Restart();
        using var model = Train(mlContext, data, options with { CancellationToken = cancellationToken });
        var trainSeconds = watch.Elapsed.TotalSeconds;

        var evaluation = Evaluation.Run(mlContext, model, data.Test);
        evaluation.Write(console);

        ModelFile.Save(mlContext, model, data.Train.Schema, modelPath);
        console.WriteLine($"Model saved to {modelPath}; try: evaluate --model {modelPath}");

        if (parsed.GetValue(_plots) is { } plots)
        {
            var pictures = TrainingPictures.Write(plots, model, data, evaluation.Metrics.ConfusionMatrix);
            console.WriteLine($"Pictures: {string.Join(", ", pictures)}");
        }

        if (parsed.GetValue(_json) is { } jsonPath)
        {
            var report = new RunReport
            {
                Dataset = DatasetFigures.Of(data),
                Recipe = _training.ReadRecipe(parsed),
                Precision = ModelSummary.NameOf(options.ChoosePrecision(architecture)),
                Threads = options.ChooseThreadCount(),
                Epochs = [.. model.History.Select(epoch => new EpochFigures(epoch.Epoch, epoch.TrainLoss, epoch.ValidationAccuracy, epoch.Seconds))],
                LoadSeconds = loadSeconds,
                TrainSeconds = trainSeconds,
                EvaluateSeconds = evaluation.Seconds,
                Metrics = MetricFigures.Of(evaluation.Metrics),
                ModelPath = modelPath,
            };
            report.Write(jsonPath);
        }
    }

    private MlpTransformer Train(MLContext mlContext, DigitData data, MlpTrainer.Options options)
    {
        if (File.Exists(options.CheckpointPath))
        {
            console.WriteLine($"Going on from {options.CheckpointPath}");
        }

        try
        {
            return new TrainingDisplay(console).Run(progress =>
                mlContext.MulticlassClassification.Trainers.Mlp(mlContext, options with { Progress = progress }).Fit(data.Train));
        }
        catch (OperationCanceledException) when (File.Exists(options.CheckpointPath))
        {
            throw new TrainingInterruptedException(options.CheckpointPath!);
        }
        catch (Exception refusal) when (refusal is InvalidOperationException or FormatException)
        {
            // The training diverged, or the checkpoint is another training's: it is the user's to change something.
            throw new ArgumentException(refusal.Message, refusal);
        }
    }
}
