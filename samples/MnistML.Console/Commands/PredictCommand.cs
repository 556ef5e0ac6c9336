using System.CommandLine;
using Microsoft.ML;
using MnistML.Samples.Data;
using MnistML.Samples.Pictures;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>Classifies pictures of digits, dark on light or light on dark, of any size.</summary>
internal sealed class PredictCommand : SampleCommand
{
    private const int TopCount = 3;
    private const int FeatureCount = DigitNormalizer.Side * DigitNormalizer.Side;

    private readonly Argument<string[]> _images = new("IMAGE")
    {
        Description = "Pictures of one digit each, PNG, JPEG, GIF, BMP or WebP, patterns such as 'scans/*.png', or folders of them",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _model = SharedOptions.Model();
    private readonly Option<bool> _show = new("--show") { Description = "Show each digit as the network sees it" };

    public PredictCommand(IAnsiConsole screen)
        : base(
            screen,
            "predict",
            "Classify pictures of digits, one to a file, with a saved model",
            "predict --model mnistml-out/model.zip seven.png",
            "predict --model mnistml-out/model.zip --show 'scans/*.jpg'")
    {
        Arguments.Add(_images);
        AddOptions(_model, _show);
    }

    protected override Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var mlContext = new MLContext();
        var model = ModelFile.Load(mlContext, parsed.GetValue(_model)!);
        using var disposable = model as IDisposable;
        ModelFile.EnsureMulticlass(model, parsed.GetValue(_model)!);
        var network = MlpTransformer.Find(model)
            ?? throw new ArgumentException($"'{parsed.GetValue(_model)}' holds no network of MnistML. Train one: train --out model.zip");
        if (network.Model.Architecture.InputSize != FeatureCount)
        {
            throw new ArgumentException(
                $"The model '{parsed.GetValue(_model)}' takes {network.Model.Architecture.InputSize} features, but pictures are brought "
                + $"to MNIST's form, {DigitNormalizer.Side} × {DigitNormalizer.Side} = "
                + $"{FeatureCount}. Use a model that was trained on images of that size.");
        }

        var engine = mlContext.Model.CreatePredictionEngine<PictureInput, PicturePrediction>(PicturePipeline.Before(mlContext, model));
        var (count, failures) = (0, new List<string>());
        foreach (var argument in parsed.GetValue(_images)!)
        {
            foreach (var path in Expand(argument, failures))
            {
                cancellationToken.ThrowIfCancellationRequested();
                count++;
                if (Predict(engine, path, failures) is { } prediction)
                {
                    Write(path, prediction, network.ClassNames, parsed.GetValue(_show));
                }
            }
        }

        if (failures.Count > 0)
        {
            throw new SeveralMistakesException([.. failures.Select(failure => $"{failure}.")]);
        }

        return Task.CompletedTask;
    }

    private static IReadOnlyList<string> Expand(string argument, List<string> failures)
    {
        try
        {
            return PicturePaths.Expand(argument);
        }
        catch (ArgumentException refusal)
        {
            failures.Add(refusal.Message);
            return [];
        }
    }

    private static PicturePrediction? Predict(PredictionEngine<PictureInput, PicturePrediction> engine, string path, List<string> failures)
    {
        try
        {
            return engine.Predict(new PictureInput { Path = Path.GetFullPath(path) });
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            failures.Add($"{path}: {Describe(exception.GetBaseException()).TrimEnd('.')}");
            return null;
        }
    }

    private static string Describe(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "it can't be read, since reading it is not permitted",
        InvalidDataException => exception.Message,
        _ => $"it can't be read ({exception.Message})",
    };

    private void Write(string path, PicturePrediction prediction, IReadOnlyList<string>? classNames, bool show)
    {
        var top = prediction.Score.Index()
            .OrderByDescending(score => score.Item)
            .Take(TopCount)
            .Select(score => $"{classNames?[score.Index] ?? $"{score.Index}"} ({score.Item:0.0 %})");
        Screen.WriteLine($"{path}: {string.Join(", ", top)}");
        if (show)
        {
            TerminalImage.Write(Screen, DigitNormalizer.Side, prediction.Features);
        }
    }
}
