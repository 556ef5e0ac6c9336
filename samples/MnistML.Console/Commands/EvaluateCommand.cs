using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using MnistML.Samples.Data;
using MnistML.Samples.Plots;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>Loads a saved model and evaluates it on the test set.</summary>
internal sealed class EvaluateCommand : SampleCommand
{
    private readonly Option<string> _model = SharedOptions.Model();
    private readonly DigitOptions _digits = new();
    private readonly Option<string?> _json = SharedOptions.Json();
    private readonly Option<string?> _card = new("--card")
    {
        Description = "Where to write the model's card, in Markdown: columns, options and rows of the training, metrics by epoch",
        HelpName = "FILE",
    };

    private readonly Option<string> _confusion = new("--confusion")
    {
        Description = "Where to draw the confusion matrix, .png or .svg",
        HelpName = "FILE",
        DefaultValueFactory = _ => "mnistml-out/confusion.png",
    };

    public EvaluateCommand(IAnsiConsole screen)
        : base(
            screen,
            "evaluate",
            "Load a saved model and evaluate it on the test set",
            "evaluate --model mnistml-out/model.zip",
            "evaluate --model classic.zip --confusion classic.svg --card classic.md") =>
        AddOptions([_model, .. _digits.All, _json, _confusion, _card]);

    protected override async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var modelPath = parsed.GetValue(_model)!;
        var confusionPath = parsed.GetValue(_confusion)!;
        var jsonPath = parsed.GetValue(_json);
        var cardPath = parsed.GetValue(_card);
        PictureFile.EnsureSupported(confusionPath);
        var mlContext = new MLContext();
        var watch = Stopwatch.StartNew();
        var model = ModelFile.Load(mlContext, modelPath);
        using var network = model as IDisposable;
        ModelFile.EnsureMulticlass(model, modelPath);
        OutputFile.EnsureDifferent(
            ("--confusion", confusionPath), ("--json", jsonPath), ("--model", modelPath), ("--card", cardPath));
        OutputFile.EnsureWritable("--confusion", confusionPath, "confusion.png");
        if (jsonPath is not null)
        {
            RunReport.EnsureWritable(jsonPath);
        }

        var card = MlpTransformer.Find(model)?.Describe();
        if (cardPath is not null)
        {
            _ = card ?? throw new InvalidDataException(
                $"'{modelPath}' holds no network of MnistML's, which alone has a card: leave --card out.");
            OutputFile.EnsureWritable("--card", cardPath, "card.md");
        }

        using var data = await _digits.LoadAsync(mlContext, Screen, parsed, cancellationToken).ConfigureAwait(false);
        var loadSeconds = watch.Elapsed.TotalSeconds;

        var evaluation = Evaluation.Run(mlContext, model, data.Test);
        evaluation.Write(Screen);
        ConfusionPlot.Write(confusionPath, evaluation.Metrics.ConfusionMatrix, DigitImages.ClassNamesOf(data.Test.Schema["Label"]));
        Screen.WriteLine();
        if (card is not null)
        {
            WriteCard(card, cardPath);
        }

        Screen.WriteFact("Model", modelPath);
        Screen.WriteFact("Confusion matrix", confusionPath);

        if (jsonPath is not null)
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
            Screen.WriteFact("Figures", jsonPath);
        }

        NextSteps.Write(Screen, [["export", "--model", modelPath, "--out", Path.ChangeExtension(modelPath, ".onnx")]]);
    }

    /// <summary>Shows what the model is, and writes the whole card where it is asked for.</summary>
    private void WriteCard(MlpModelCard card, string? path)
    {
        foreach (var line in card.Summary)
        {
            Screen.WriteLine(line);
        }

        Screen.WriteLine();
        if (path is not null)
        {
            OutputFile.Write(path, temporaryPath => File.WriteAllText(temporaryPath, card.Markdown));
            Screen.WriteFact("Model's card", path);
        }
    }
}
