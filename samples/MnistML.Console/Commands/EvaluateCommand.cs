using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using MnistML.Samples.Data;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>Loads a saved model and evaluates it on the test set.</summary>
internal sealed class EvaluateCommand(IAnsiConsole console)
{
    private readonly Option<string> _model = new("--model") { Description = "The saved model", HelpName = "model.zip", Required = true };
    private readonly Option<string?> _data = SharedOptions.Data();
    private readonly Option<string?> _json = SharedOptions.Json();

    public Command CreateCommand()
    {
        var command = new Command("evaluate", "Load a saved model and evaluate it on the test set") { _model, _data, _json };
        command.SetAction((parsed, _) => Task.Run(() => Run(parsed), CancellationToken.None));
        return command;
    }

    private void Run(ParseResult parsed)
    {
        var modelPath = parsed.GetValue(_model)!;
        var mlContext = new MLContext();
        var watch = Stopwatch.StartNew();
        var model = ModelFile.Load(mlContext, modelPath);
        using var data = DigitData.Load(mlContext, parsed.GetValue(_data));
        var loadSeconds = watch.Elapsed.TotalSeconds;
        DataReport.Write(console, data);

        var evaluation = Evaluation.Run(mlContext, model, data.Test);
        evaluation.Write(console);

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
