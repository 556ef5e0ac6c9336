using System.CommandLine;
using Microsoft.ML;
using MnistML.Samples.Data;
using MnistML.Samples.Plots;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>Writes a sheet of training images with their labels.</summary>
internal sealed class ShowCommand : SampleCommand
{
    private const int DefaultCount = 50;

    /// <summary>Nobody looks at a sheet of more than a hundred rows.</summary>
    private const int MaxImages = 1_000;

    private readonly Option<int> _count = new("--count")
    {
        Description = $"How many images, the first of the training set, up to {MaxImages}",
        HelpName = "N",
        DefaultValueFactory = _ => DefaultCount,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, out var count) && count is >= 1 and <= MaxImages)
            {
                return count;
            }

            result.AddError($"--count is '{result.Tokens[0].Value}', but must be a whole number from 1 to {MaxImages}.");
            return DefaultCount;
        },
    };

    private readonly Option<string> _out = new("--out")
    {
        Description = "Where to write the sheet, .png or .svg",
        HelpName = "FILE",
        DefaultValueFactory = _ => "mnistml-out/digits.png",
    };

    private readonly DigitOptions _digits = new();

    public ShowCommand(IAnsiConsole screen)
        : base(
            screen, "show", "Write a sheet of training images with their labels", "show --count 20", "show --count 100 --out digits.svg") =>
        AddOptions([_count, _out, .. _digits.All]);

    protected override async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var path = parsed.GetValue(_out)!;
        PictureFile.EnsureSupported(path);
        OutputFile.EnsureWritable("--out", path, "digits.png");
        var mlContext = new MLContext();
        using var data = await _digits.LoadAsync(mlContext, Screen, parsed, cancellationToken).ConfigureAwait(false);

        var images = DigitImages.Find(data.Train)
            ?? throw new InvalidDataException(
                $"The items of {data.Name} are {data.Train.Schema["Image"].Type}, but only images of one channel, height × width, "
                + "can be shown.");
        var count = (int)Math.Min(parsed.GetValue(_count), data.Train.GetRowCount()!.Value);
        var digits = images.Read([.. Enumerable.Range(0, count)]);
        ImageSheet.Write(
            path,
            $"{data.Name}: the first {count} of {data.Train.GetRowCount():N0} training images, with their labels",
            [.. digits.Select(digit => SheetImage.OfInk(images.Height, digit.Pixels, images.ClassNames[digit.Label]))]);
        TerminalImage.WriteRow(Screen, images, digits);
        Screen.WriteLine($"Sheet of {count} images written: {path}");
    }
}
