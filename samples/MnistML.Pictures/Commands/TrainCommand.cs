using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common;
using MnistML.Datasets;
using MnistML.Samples.Pictures.Drawing;
using MnistML.Samples.Pictures.Features;

namespace MnistML.Samples.Pictures.Commands;

/// <summary>Trains on a folder of pictures, measures the accuracy on held-out ones, and saves the model.</summary>
internal static class TrainCommand
{
    private const string DrawnFolder = "mnistml-out/drawn-pictures";

    private static readonly Argument<string?> Folder = new("FOLDER")
    {
        Description = "A folder with a subfolder of pictures for each class; without one the program draws its own",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<string> Out = Named("--out", "Where to save the model", "mnistml-out/pictures.zip");
    private static readonly Option<string> Sheet = Named("--sheet", "Where to draw the mistakes", "mnistml-out/picture-mistakes.png");
    private static readonly Option<string> Cache = Named(
        "--cache", "Where features are kept for the next training", DatasetCache.GetDirectory("picture-features"));

    private static readonly Option<bool> NoCache = new("--no-cache") { Description = "Neither read nor keep features" };
    private static readonly Option<int> Drawn = new("--drawn")
    {
        Description = "How many pictures of each kind the program draws",
        DefaultValueFactory = _ => 30,
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Which pictures are held out, and the training's seed",
        DefaultValueFactory = _ => 1,
    };

    public static Command Create()
    {
        var command = new Command("train", "Train on a folder of pictures") { Folder, Out, Sheet, Cache, NoCache, Drawn, Seed };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (path, sheet, seed) = (parsed.GetValue(Out)!, parsed.GetValue(Sheet)!, parsed.GetValue(Seed));
        var folder = parsed.GetValue(Folder) ?? Draw(parsed.GetValue(Drawn), seed);
        MakeFolderOf(path);
        MakeFolderOf(sheet);
        var watch = Stopwatch.StartNew();
        var pictures = PictureFolder.Read(folder);
        var mlContext = new MLContext(seed);
        using var pretrained = new PretrainedNetwork(mlContext);
        var cache = parsed.GetValue(NoCache) ? null : new FeatureCache(parsed.GetValue(Cache)!, pretrained.Id);
        var rows = ReadFeatures(pretrained, cache, ref pictures);
        PictureFolder.ThrowIfOneClass(pictures, folder);
        var featureSeconds = watch.Elapsed.TotalSeconds;

        var heldOut = PictureFolder.HeldOut(pictures, seed);
        var train = PictureModel.ToData(mlContext, rows.Where((_, i) => !heldOut[i]));
        var test = PictureModel.ToData(mlContext, rows.Where((_, i) => heldOut[i]));
        Console.WriteLine($"Training on {heldOut.Count(isHeldOut => !isHeldOut)} pictures of {Classes(pictures)}");
        var (_, network, names) = PictureModel.Fit(mlContext, train, PictureModel.Options(seed, new EpochProgress()));
        using var owner = network;
        foreach (var line in network.Describe().Summary)
        {
            Console.WriteLine(line);
        }

        Evaluate(mlContext, network, names, test, [.. pictures.Where((_, i) => heldOut[i])], sheet);
        var model = new TransformerChain<ITransformer>([.. pretrained.Stages(), network, names]);
        var paths = mlContext.Data.LoadFromEnumerable<PicturePath>([]);
        AtomicFile.Write(path, stream => mlContext.Model.Save(model, paths.Schema, stream));
        Console.WriteLine($"Model: {path}, {new FileInfo(path).Length / 1e6:F0} MB");
        Console.WriteLine(
            $"Seconds: {watch.Elapsed.TotalSeconds:F1}, of which {featureSeconds:F1} for features; peak memory "
            + $"{Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F0} MB");
        Console.WriteLine($"Next: predict --model {path} PICTURE…");
        return 0;
    }

    private static string Draw(int count, int seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, "--drawn");
        Console.WriteLine($"No folder is named, so the program draws pictures of three kinds, {count} of each, in {DrawnFolder}.");
        if (Directory.Exists(DrawnFolder))
        {
            Directory.Delete(DrawnFolder, recursive: true);
        }

        DrawnPictures.Write(DrawnFolder, count, seed);
        return DrawnFolder;
    }

    /// <summary>Computes or finds the features; pictures that can't be read are listed and left out.</summary>
    private static PictureRow[] ReadFeatures(PretrainedNetwork pretrained, FeatureCache? cache, ref LabelledPicture[] pictures)
    {
        var reader = new FeatureReader(pretrained, cache);
        var all = pictures;
        var read = reader.Read([.. all.Select(picture => picture.Path)], new ProgressLine("Features", all.Length).Report, default);
        Console.WriteLine($"{reader.CachedCount} of {all.Length} pictures were in the cache");
        foreach (var (picture, result) in all.Zip(read).Where(pair => pair.Second.Features is null))
        {
            Console.WriteLine($"Left out: {picture.Path}: {result.Reason}");
        }

        pictures = [.. all.Where((_, i) => read[i].Features is not null)];
        return
        [
            .. all.Zip(read).Where(pair => pair.Second.Features is not null)
                .Select(pair => new PictureRow { Features = pair.Second.Features!, Label = pair.First.Label }),
        ];
    }

    private static void Evaluate(
        MLContext mlContext, MlpTransformer network, ITransformer names, IDataView test, LabelledPicture[] pictures, string sheet)
    {
        if (pictures.Length == 0)
        {
            Console.WriteLine("No class has two pictures, so that none is held out: the accuracy can't be told.");
            return;
        }

        var predictions = PictureModel.Predict(mlContext, network, names, test);
        Mistake[] mistakes =
        [
            .. pictures.Zip(predictions).Where(pair => pair.First.Label != pair.Second.PredictedLabel)
                .Select(pair => new Mistake(pair.First.Path, pair.First.Label, pair.Second.PredictedLabel, pair.Second.Score.Max())),
        ];
        MistakeSheet.Write(sheet, mistakes);
        var accuracy = 1 - ((double)mistakes.Length / pictures.Length);
        Console.WriteLine($"Held-out accuracy: {accuracy:F4}, {mistakes.Length} of {pictures.Length} pictures wrong: {sheet}");
    }

    private static string Classes(LabelledPicture[] pictures)
    {
        string[] classes = [.. pictures.Select(picture => picture.Label).Distinct()];
        return classes.Length <= 10 ? string.Join(", ", classes) : $"{classes.Length} classes";
    }

    private static void MakeFolderOf(string path)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder)
        {
            Directory.CreateDirectory(folder);
        }

        AtomicFile.ThrowIfFolder(path);
    }

    private static Option<string> Named(string name, string description, string value) =>
        new(name) { Description = description, HelpName = "PATH", DefaultValueFactory = _ => value };
}
