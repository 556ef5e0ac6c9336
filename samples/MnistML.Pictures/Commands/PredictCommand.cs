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
                var prediction = engine.Predict(new PicturePath { Path = picture });
                var others = prediction.Score.Index().OrderByDescending(score => score.Item).Skip(1).Take(2)
                    .Select(score => $"{classes[score.Index]} {score.Item:P1}");
                Console.WriteLine(
                    $"{picture}: {prediction.PredictedLabel}, {prediction.Score.Max():P1} ({string.Join(", ", others)})");
            }
            catch (Exception refusal) when (refusal is ArgumentException or IOException or InvalidOperationException)
            {
                Console.Error.WriteLine($"Error: '{picture}' can't be read as a picture: "
                    + (refusal is ArgumentException ? "it is none, or a broken one." : refusal.Message));
                exitCode = 1;
            }
        }

        return exitCode;
    }
}
