using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using MnistML.Samples.Data;
using MnistML.Samples.Explanation;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>Shows how the loss is computed, for images of the test set or for given logits.</summary>
internal sealed class ExplainCommand : SampleCommand
{
    private const string Binary = "binary";

    private readonly Option<string> _model = SharedOptions.Model();
    private readonly Option<string[]> _index = new("--index")
    {
        Description = "Images of the test set, the first is 0; several make a batch, for example 0,1,2",
        HelpName = "N",
    };
    private readonly Option<string[]> _logits = new("--logits")
    {
        Description = "Logits instead of an image, for example 2,1,-1; given again, with another --label, they make a batch",
        HelpName = "Z",
    };
    private readonly Option<int[]> _label = new("--label")
    {
        Description = "The zero-based class of the logits; for binary, 1 is true and 0 false",
        HelpName = "N",
    };
    private readonly Option<string?> _task = SharedOptions.Choice(
        "--task", "What the logits are of: multiclass, one for each class (the default), or binary, one for true", "multiclass", Binary);
    private readonly DigitOptions _digits = new();

    public ExplainCommand(IAnsiConsole screen)
        : base(
            screen,
            "explain",
            "Show logits, softmax and cross-entropy of a test image, or of given logits, step by step",
            "explain --model mnistml-out/model.zip --index 0",
            "explain --logits 2,1,-1 --label 0",
            "explain --task binary --logits 2 --label 1") =>
        AddOptions([_model, _index, _logits, _label, _task, .. _digits.All]);

    protected override async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var indexes = parsed.GetValue(_index) ?? [];
        var logits = parsed.GetValue(_logits) ?? [];
        if (indexes.Length > 0 == logits.Length > 0)
        {
            throw new ArgumentException(
                "explain takes either --index, for example --model model.zip --index 0, or --logits with --label, for example --logits "
                + "2,1,-1 --label 0.");
        }

        var isBinary = parsed.GetValue(_task) == Binary;
        if (isBinary && logits.Length == 0)
        {
            throw new ArgumentException(
                "--task is binary, but images are of many classes; give a logit instead, for example --task binary --logits 2 --label 1.");
        }

        var labels = parsed.GetValue(_label) ?? [];
        if (logits.Length > 0)
        {
            ThrowIfOtherCount(logits, labels);
            Action<string[], int[]> explain = isBinary ? ExplainBinary : ExplainLogits;
            explain(logits, labels);
            return;
        }

        await ExplainImagesAsync(parsed.GetValue(_model)!, ReadIndexes(indexes), parsed, cancellationToken).ConfigureAwait(false);
    }

    private static void ThrowIfOtherCount(string[] logits, int[] labels)
    {
        if (labels.Length != logits.Length)
        {
            throw new ArgumentException(
                $"There are {logits.Length} --logits and {labels.Length} --label, but each row of logits needs one label, for example "
                + "--logits 2,1,-1 --label 0.");
        }
    }

    private void ExplainBinary(string[] logits, int[] labels)
    {
        var rows = logits.Zip(labels, ReadBinaryRow).ToArray();
        foreach (var (index, row) in rows.Index())
        {
            Screen.WriteLine($"Row {index}, label {BinaryLossReport.NameOf(row.Label)} (y = {row.Label})");
            BinaryLossReport.WriteRow(Screen, row);
        }

        BinaryLossReport.WriteEnd(Screen, rows);
    }

    private void ExplainLogits(string[] logits, int[] labels)
    {
        var rows = logits.Zip(labels, ReadRow).ToArray();
        if (rows.Any(row => row.Logits.Count != rows[0].Logits.Count))
        {
            throw new ArgumentException("The rows of a batch must have the same number of logits.");
        }

        foreach (var (index, row) in rows.Index())
        {
            Screen.WriteLine($"Row {index}, label {row.Label}");
            LossReport.WriteRow(Screen, row, [.. Enumerable.Range(0, row.Logits.Count).Select(name => $"{name}")]);
        }

        LossReport.WriteEnd(Screen, rows);
    }

    private async Task ExplainImagesAsync(string modelPath, int[] indexes, ParseResult parsed, CancellationToken cancellationToken)
    {
        var mlContext = new MLContext();
        var model = ModelFile.Load(mlContext, modelPath);
        using var disposable = model as IDisposable;
        ModelFile.EnsureMulticlass(model, modelPath);
        var network = MlpTransformer.Find(model)
            ?? throw new ArgumentException($"'{modelPath}' holds no network of MnistML. Train one: train --out {modelPath}");
        using var data = await _digits.LoadAsync(mlContext, Screen, parsed, cancellationToken).ConfigureAwait(false);

        var images = DigitImages.Find(data.Test) ?? throw new InvalidDataException($"The items of {data.Name} are no images.");
        var count = data.Test.GetRowCount()!.Value;
        if (indexes.FirstOrDefault(index => index >= count, -1) is >= 0 and var beyond)
        {
            throw new ArgumentException($"--index is {beyond}, but the test set has {count:N0} images, 0 to {count - 1}.");
        }

        var (inputSize, classCount) = (network.Model.Architecture.InputSize, network.Model.Architecture.ClassCount);
        if (inputSize != images.Height * images.Width || classCount != images.ClassNames.Count)
        {
            throw new ArgumentException(
                $"The model '{modelPath}' takes {inputSize} features and has {classCount} classes, but the images of {data.Name} have "
                + $"{images.Height * images.Width} pixels and {images.ClassNames.Count} classes.");
        }

        if (network.Model.Members is { Count: > 1 and var members })
        {
            Screen.WriteLine(
                $"The model is {members} networks: z is ln of the mean of their probabilities, so that softmax gives that mean.");
        }

        var rows = new List<LossSteps>();
        foreach (var image in images.Read(indexes))
        {
            Screen.WriteLine($"Test image {image.Index}, label {images.ClassNames[image.Label]}");
            TerminalImage.Write(Screen, images.Height, image.Pixels);
            rows.Add(new LossSteps(ForwardPass.Logits(network.Model, image.Pixels), image.Label));
            LossReport.WriteRow(Screen, rows[^1], images.ClassNames);
        }

        LossReport.WriteEnd(Screen, rows);
    }

    private static BinaryLossSteps ReadBinaryRow(string text, int label)
    {
        if (ReadLogits(text) is not [var logit])
        {
            throw new ArgumentException(
                $"--logits is '{text}', but --task binary has one logit a row; for several rows give --logits and --label again.");
        }

        return label is 0 or 1
            ? new BinaryLossSteps(logit, label)
            : throw new ArgumentException($"--label is {label}, but --task binary has the labels 1, which is true, and 0, which is false.");
    }

    private static double[] ReadLogits(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries)
            .Select(part => double.TryParse(part, CultureInfo.InvariantCulture, out var logit) && double.IsFinite(logit)
                ? logit
                : throw new ArgumentException($"--logits is '{text}', but must be numbers with commas between them, such as 2,1,-1.")),
    ];

    private static LossSteps ReadRow(string text, int label)
    {
        var logits = ReadLogits(text);
        return label >= 0 && label < logits.Length
            ? new LossSteps(logits, label)
            : throw new ArgumentException(
                $"--label is {label}, but the {logits.Length} logits are of the classes 0 to {logits.Length - 1}.");
    }

    private static int[] ReadIndexes(string[] texts) =>
    [
        .. texts.SelectMany(
            text => text.Split(',', StringSplitOptions.TrimEntries).Select(
                part => int.TryParse(part, CultureInfo.InvariantCulture, out var index) && index >= 0
            ? index
            : throw new ArgumentException(
                $"--index is '{text}', but must be numbers of images from 0 on with commas between them, such as 0,1,2."))),
    ];
}
