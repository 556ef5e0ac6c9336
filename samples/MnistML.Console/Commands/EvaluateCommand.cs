using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using MnistML.Samples.Data;
using MnistML.Samples.Plots;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>Loads a saved model and evaluates it on the test set.</summary>
internal sealed class EvaluateCommand(IAnsiConsole console)
{
    private readonly Option<string> _model = new("--model") { Description = "The saved model", HelpName = "model.zip", Required = true };
    private readonly Option<string?> _data = SharedOptions.Data();
    private readonly Option<Uri?> _mirror = SharedOptions.Mirror();
    private readonly Option<string?> _json = SharedOptions.Json();
    private readonly Option<string> _confusion = new("--confusion")
    {
        Description = "Where to draw the confusion matrix, .png or .svg",
        HelpName = "FILE",
        DefaultValueFactory = _ => "mnistml-out/confusion.png",
    };

    public Command CreateCommand()
    {
        var command = new Command("evaluate", "Load a saved model and evaluate it on the test set") { _model, _data, _mirror, _json, _confusion };
        command.SetAction((parsed, cancellationToken) => Task.Run(() => RunAsync(parsed, cancellationToken), CancellationToken.None));
        return command;
    }

    private async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var modelPath = parsed.GetValue(_model)!;
        var confusionPath = parsed.GetValue(_confusion)!;
        PictureFile.EnsureSupported(confusionPath);
        var mlContext = new MLContext();
        var watch = Stopwatch.StartNew();
        var model = ModelFile.Load(mlContext, modelPath);
        using var network = model as IDisposable;
        using var data = await new DownloadDisplay(console).RunAsync(progress =>
            DigitData.LoadAsync(mlContext, parsed.GetValue(_data), parsed.GetValue(_mirror), progress, cancellationToken)).ConfigureAwait(false);
        var loadSeconds = watch.Elapsed.TotalSeconds;
        DataReport.Write(console, data);

        var evaluation = Evaluation.Run(mlContext, model, data.Test);
        evaluation.Write(console);

        ConfusionPlot.Write(confusionPath, evaluation.Metrics.ConfusionMatrix, DigitImages.ClassNamesOf(data.Test.Schema["Label"]));
        console.WriteLine($"Confusion matrix drawn: {confusionPath}");

        if (parsed.GetValue(_json) is { } jsonPath)
        {
            var report = new RunReport
            {
                Dataset = DatasetFigures.Of(data),
                LoadSeconds = loadSeconds,
                EvaluateSeconds = evaluation.Seconds,
                Metrics = MetricFigures.Of(evaluation.Metrics),
                ModelPath = modelPath,
            };
            report.Write(jsonPath);
        }
    }
}
