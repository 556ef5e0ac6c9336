using System.CommandLine;
using Microsoft.ML;
using MnistML.Samples.Pictures.Features;

namespace MnistML.Samples.Pictures.Commands;

/// <summary>Classifies pictures by a saved model.</summary>
internal static class PredictCommand
{
    private static readonly Option<string> Model = new("--model")
    {
        Description = "The model that train saved",
        HelpName = "PATH",
        DefaultValueFactory = _ => "mnistml-out/pictures.zip",
    };

    private static readonly Argument<string[]> Pictures = new("PICTURE") { Description = "Pictures", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("predict", "Classify pictures by a saved model") { Model, Pictures };
        command.SetAction(Run);
        return command;
    }

    /// <summary>A line for each picture; those that can't be read have one on standard error, and the exit code is 1.</summary>
    private static int Run(ParseResult parsed)
    {
        var path = parsed.GetValue(Model)!;
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no model '{path}'. Train one: train FOLDER --out {path}");
        }

        var mlContext = new MLContext();
        var model = mlContext.Model.LoadMlp(path, out _);
        using var owner = (IDisposable)model;
        var classes = MlpTransformer.Find(model)?.ClassNames
            ?? throw new InvalidDataException($"'{path}' is no model for classes of pictures. Train one: train FOLDER --out {path}");
        var engine = mlContext.Model.CreatePredictionEngine<PicturePath, PicturePrediction>(model);
        var exitCode = 0;
        foreach (var picture in parsed.GetValue(Pictures)!)
        {
            try
            {
                PictureCheck.ThrowIfUnreadable(Read(picture));
                var prediction = engine.Predict(new PicturePath { Path = picture });
                var others = prediction.Score.Index().OrderByDescending(score => score.Item).Skip(1).Take(2)
                    .Select(score => $"{classes[score.Index]} {score.Item:P1}");
                Console.WriteLine(
                    $"{picture}: {prediction.PredictedLabel}, {prediction.Score.Max():P1} ({string.Join(", ", others)})");
            }
            catch (Exception refusal) when (IsOfThePicture(refusal))
            {
                Console.Error.WriteLine($"Error: '{picture}' is left out: {refusal.Message.TrimEnd('.')}.");
                exitCode = 1;
            }
        }

        return exitCode;
    }

    private static byte[] Read(string path) =>
        Directory.Exists(path) ? throw new IOException("it is a folder; name the pictures in it") : File.ReadAllBytes(path);

    /// <summary>What concerns one picture alone; the others are still classified.</summary>
    private static bool IsOfThePicture(Exception refusal) => refusal is InvalidDataException or IOException
        or UnauthorizedAccessException or ArgumentException or InvalidOperationException;
}
