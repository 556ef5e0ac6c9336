using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Images;
using MnistML.Samples.Data;
using MnistML.Samples.Pictures;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>Classifies pictures of digits, dark on light or light on dark, of any size.</summary>
internal sealed class PredictCommand : SampleCommand
{
    private const int TopCount = 3;
    private const int FeatureCount = FoundDigit.Side * FoundDigit.Side;

    private readonly Argument<string[]> _images = new("IMAGE")
    {
        Description = "Pictures of digits, PNG, JPEG, GIF, BMP or WebP, patterns such as 'scans/*.png', or folders of them",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string> _model = SharedOptions.Model();
    private readonly Option<bool> _show = new("--show") { Description = "Show each digit as the network sees it" };

    private readonly Option<string?> _saveDigits = new("--save-digits")
    {
        Description = "Write each digit as the network sees it, 28 × 28 pixels, as PNG into this folder",
        HelpName = "DIR",
    };

    public PredictCommand(IAnsiConsole screen)
        : base(
            screen,
            "predict",
            "Classify the digits in pictures, one or several, with a saved model",
            "predict --model mnistml-out/model.zip seven.png",
            "predict --model mnistml-out/model.zip --show 'scans/*.jpg'",
            "predict --model mnistml-out/model.zip --save-digits digits photo.jpg")
    {
        Arguments.Add(_images);
        AddOptions(_model, _show, _saveDigits);
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
                + $"to MNIST's form, {FoundDigit.Side} × {FoundDigit.Side} = "
                + $"{FeatureCount}. Use a model that was trained on images of that size.");
        }

        var engine = mlContext.Model.CreatePredictionEngine<DigitInput, DigitPrediction>(model);
        var files = parsed.GetValue(_saveDigits) is { } folder ? new DigitFiles(folder) : null;
        var isShown = parsed.GetValue(_show);
        var failures = new List<string>();
        foreach (var argument in parsed.GetValue(_images)!)
        {
            foreach (var path in Expand(argument, failures))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Read(path, failures) is { Count: > 0 } digits)
                {
                    float[][] scores =
                        [.. digits.Select(digit => engine.Predict(new DigitInput { Features = digit.ToFeatures() }).Score)];
                    Write(path, digits, scores, network.ClassNames, isShown);
                    files?.Write(path, digits);
                }
            }
        }

        if (files is { Count: > 0 })
        {
            Screen.WriteLine($"Digits written to '{parsed.GetValue(_saveDigits)}': {files.Count}");
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

    private static IReadOnlyList<FoundDigit> Read(string path, List<string> failures)
    {
        try
        {
            var digits = new DigitReader().Read(path).Digits;
            return digits.Count > 0
                ? digits
                : throw new InvalidDataException(
                    "no ink found; the picture is blank, or what is on it is hardly darker or lighter than its background");
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            failures.Add($"{path}: {Describe(exception).TrimEnd('.')}");
            return [];
        }
    }

    private static string Describe(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "it can't be read, since reading it is not permitted",
        InvalidDataException => exception.Message,
        _ => $"it can't be read ({exception.Message})",
    };

    /// <summary>One line for a picture of one digit. For several there is a line for all, and one below for each.</summary>
    private void Write(
        string path, IReadOnlyList<FoundDigit> digits, float[][] scores, IReadOnlyList<string>? classNames, bool isShown)
    {
        if (digits.Count > 1)
        {
            var answers = scores.Select(score => NameOf(Array.IndexOf(score, score.Max())));
            Screen.WriteLine($"{path}: {digits.Count} digits: {string.Join(' ', answers)}");
        }

        foreach (var (digit, score) in digits.Zip(scores))
        {
            var top = score.Index()
                .OrderByDescending(probability => probability.Item)
                .Take(TopCount)
                .Select(probability => $"{NameOf(probability.Index)} ({probability.Item:0.0 %})");
            var doubts = digit.DoubtsOf(score);
            Screen.WriteLine(string.Concat(
                digits.Count > 1 ? $"  {digit.Box}: " : $"{path}: ",
                string.Join(", ", top),
                doubts == DigitDoubts.None ? "" : $"; not sure: {doubts.Describe()}"));
            if (isShown)
            {
                TerminalImage.Write(Screen, FoundDigit.Side, digit.ToFeatures());
            }
        }

        string NameOf(int index) => classNames?[index] ?? $"{index}";
    }

    /// <summary>A digit as the network takes it.</summary>
    private sealed class DigitInput
    {
        [VectorType(FeatureCount)]
        public float[] Features { get; set; } = [];
    }

    /// <summary>The probability of each class.</summary>
    private sealed class DigitPrediction
    {
        public float[] Score { get; set; } = [];
    }
}
