using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using MnistML.Samples.Data;
using MnistML.Samples.Reports;
using Spectre.Console;
using TorchSharp;

namespace MnistML.Samples.Commands;

/// <summary>Trains a network, evaluates it on the test set, and saves it.</summary>
internal sealed class TrainCommand(IAnsiConsole console)
{
    private const string DefaultModelPath = "mnistml-out/model.zip";

    private readonly Option<string> _recipe = new("--recipe")
    {
        Description = "classic: the first lesson's network, SGD, 20 epochs; fast: a good network within seconds",
        DefaultValueFactory = _ => "fast",
    };

    private readonly Option<int?> _epochs = SharedOptions.WholeNumber(
        "--epochs", minimum: 1, "Passes over the training set [default: the recipe's]");

    private readonly Option<string?> _hidden = new("--hidden")
    {
        Description = "Units of each hidden layer, for example 512,256 [default: the recipe's]",
        HelpName = "UNITS",
    };

    private readonly Option<int?> _seed = SharedOptions.WholeNumber("--seed", int.MinValue, "Makes the run repeatable, bit for bit");
    private readonly Option<string?> _data = SharedOptions.Data();
    private readonly Option<Uri?> _mirror = SharedOptions.Mirror();
    private readonly Option<string> _out = new("--out")
    {
        Description = "Where to save the model",
        HelpName = "model.zip",
        DefaultValueFactory = _ => DefaultModelPath,
    };

    private readonly Option<string?> _json = SharedOptions.Json();

    public Command CreateCommand()
    {
        var command = new Command("train", "Train a network, evaluate it on the test set, and save it");
        Attach(command);
        return command;
    }

    /// <summary>Makes a command do this one's work, with its options.</summary>
    public void Attach(Command command)
    {
        _recipe.AcceptOnlyFromAmong("classic", "fast");
        Option[] options = [_recipe, _epochs, _hidden, _seed, _data, _mirror, _out, _json];
        foreach (var option in options)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => Task.Run(() => RunAsync(parsed, cancellationToken), CancellationToken.None));
    }

    private async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = ReadOptions(parsed);
        var modelPath = parsed.GetValue(_out)!;
        var mlContext = new MLContext(options.Seed);
        ModelFile.EnsureWritable(modelPath);

        var watch = Stopwatch.StartNew();
        using var data = await new DownloadDisplay(console).RunAsync(progress =>
            DigitData.LoadAsync(mlContext, parsed.GetValue(_data), parsed.GetValue(_mirror), progress, cancellationToken)).ConfigureAwait(false);
        var loadSeconds = watch.Elapsed.TotalSeconds;
        DataReport.Write(console, data);
        ModelSummary.Write(console, data, options);

        var display = new TrainingDisplay(console);
        watch.Restart();
        using var model = display.Run(progress =>
            mlContext.MulticlassClassification.Trainers
                .Mlp(mlContext, options with { Progress = progress, CancellationToken = cancellationToken })
                .Fit(data.Train));
        var trainSeconds = watch.Elapsed.TotalSeconds;

        var evaluation = Evaluation.Run(mlContext, model, data.Test);
        evaluation.Write(console);

        ModelFile.Save(mlContext, model, data.Train.Schema, modelPath);
        console.WriteLine($"Model saved to {modelPath}; try: evaluate --model {modelPath}");

        if (parsed.GetValue(_json) is { } jsonPath)
        {
            var report = new RunReport
            {
                Dataset = DatasetFigures.Of(data),
                Recipe = parsed.GetValue(_recipe),
                Precision = "single",
                Threads = torch.get_num_threads(),
                Epochs = [.. model.History.Select(epoch => new EpochFigures(epoch.Epoch, epoch.TrainLoss, ValidationAccuracy: null, epoch.Seconds))],
                LoadSeconds = loadSeconds,
                TrainSeconds = trainSeconds,
                EvaluateSeconds = evaluation.Seconds,
                Metrics = MetricFigures.Of(evaluation.Metrics),
                ModelPath = modelPath,
            };
            report.Write(jsonPath);
        }
    }

    private MlpTrainer.Options ReadOptions(ParseResult parsed)
    {
        var options = parsed.GetValue(_recipe) == "classic" ? MlpRecipes.Classic : MlpRecipes.Fast;
        return options with
        {
            MaxEpochs = parsed.GetValue(_epochs) ?? options.MaxEpochs,
            HiddenLayers = parsed.GetValue(_hidden) is { } hidden ? ReadUnits(hidden) : options.HiddenLayers,
            Seed = parsed.GetValue(_seed),
        };
    }

    private static int[] ReadUnits(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return
        [
            .. parts.Select(part => int.TryParse(part, out var units) && units > 0
                ? units
                : throw new ArgumentException($"--hidden is '{text}', but must be numbers of units above 0 with commas between them, such as 512,256.")),
        ];
    }
}
