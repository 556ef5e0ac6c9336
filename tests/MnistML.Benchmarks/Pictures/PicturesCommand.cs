using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Datasets;
using MnistML.Idx;
using MnistML.Images;
using MnistML.Native;
using MnistML.Tests.Support;

namespace MnistML.Benchmarks.Pictures;

/// <summary>
/// How well pictures as people take them are read: composed of MNIST's test digits, kind by kind, with what the doubts cost and catch; and
/// MNIST's first test digits, cut to their boxes. It can also learn anew what MNIST's digits look like.
/// </summary>
internal static class PicturesCommand
{
    /// <summary>The first digits are for those cut to their boxes.</summary>
    private const int FirstComposed = 7_500;

    /// <summary>Of fewer pictures of a kind a single one would decide, so that all kinds are judged together.</summary>
    private const int EnoughPictures = 20;

    private const double MinRight = 0.8;
    private const double MinRightTight = 0.95;

    /// <summary>The digits that <see cref="MinRightTight"/> is promised of; of fewer, chance decides over a few hundredths.</summary>
    private const int EnoughTight = 1_000;
    private const double MinRightOfFewTight = 0.9;

    private static readonly PictureKind[] TightKinds = [PictureKind.TightOnWhite, PictureKind.TightOnGrey, PictureKind.TightOnBlack];

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var count = new Option<int>("--count") { Description = "Pictures of each kind", DefaultValueFactory = _ => 100 };
        var tight = new Option<int>("--tight") { Description = "Digits cut to their boxes", DefaultValueFactory = _ => 1_000 };
        var first = new Option<int>("--first") { Description = "The first test digit", DefaultValueFactory = _ => FirstComposed };
        var model = new Option<string?>("--model") { Description = "A saved model; else the fast recipe is trained", HelpName = "FILE" };
        var learn = new Option<string?>("--learn")
        {
            Description = "Write what MNIST's training digits look like to this file instead",
            HelpName = "FILE",
        };
        var command = new Command("pictures", "How well pictures as people take them are read") { data, count, tight, first, model, learn };
        command.SetAction(parsed => Mnist.Find(parsed.GetValue(data), "reading pictures") is not { } files
            ? 0
            : parsed.GetValue(learn) is { } path
                ? Learn(files, path)
                : Run(files, parsed.GetValue(count), parsed.GetValue(tight), parsed.GetValue(first), parsed.GetValue(model)));
        return command;
    }

    private static int Learn(MnistFiles files, string path)
    {
        var digits = Read(files.TrainImages, files.TrainLabels);
        File.WriteAllBytes(
            path, LikenessTraining.Learn([.. digits.Select(digit => digit.Pixels)], [.. digits.Select(digit => digit.Label)]));
        return 0;
    }

    private static int Run(MnistFiles files, int count, int tight, int first, string? modelPath)
    {
        LibTorch.EnsureLoaded();
        var mlContext = new MLContext(seed: 1);
        var model = modelPath is null
            ? (ITransformer)mlContext.MulticlassClassification.Trainers.Mlp(mlContext, MlpRecipes.Fast with { Seed = 1 })
                .Fit(mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels))
            : mlContext.Model.LoadMlp(modelPath, out _);
        var engine = mlContext.Model.CreatePredictionEngine<Row, Prediction>(model);
        var digits = Read(files.TestImages, files.TestLabels);
        var verdict = new Verdict();
        var composed = new List<KindOutcome>();
        foreach (var kind in Enum.GetValues<PictureKind>().Except(TightKinds))
        {
            var outcome = Outcome(kind, digits, first, count, engine);
            composed.Add(outcome);
            if (count >= EnoughPictures)
            {
                verdict.Expect(outcome.Right >= MinRight * count, $"{outcome}; at least {MinRight:P0} are promised");
            }
            else
            {
                Console.WriteLine($"measured (short form)  {outcome}");
            }
        }

        var (right, all) = (composed.Sum(outcome => outcome.Right), composed.Sum(outcome => outcome.Count));
        verdict.Expect(right >= MinRight * all, $"All of these: {right} of {all} right; at least {MinRight:P0} are promised");

        foreach (var kind in TightKinds)
        {
            var outcome = Outcome(kind, digits, first: 0, tight, engine);
            if (kind == PictureKind.TightOnBlack)
            {
                Console.WriteLine($"measured  {outcome}; nothing is promised");
                continue;
            }

            var least = tight < EnoughTight ? MinRightOfFewTight : MinRightTight;
            verdict.Expect(outcome.Right >= least * tight, $"{outcome}; at least {least:P0} are promised");
        }

        return verdict.ExitCode;
    }

    private static KindOutcome Outcome(
        PictureKind kind, HandwrittenDigit[] digits, int first, int count, PredictionEngine<Row, Prediction> engine)
    {
        var (right, lost, caught) = (0, 0, 0);
        for (var index = first; index < first + count; index++)
        {
            var written = Enumerable.Range(index, PictureComposer.MaxSeveral).Select(i => digits[i % digits.Length]);
            var picture = PictureComposer.Compose(kind, [.. written], (ulong)index);
            var found = new DigitReader().Read(new MemoryStream(picture.File)).Digits;
            float[][] scores = [.. found.Select(digit => engine.Predict(new Row { Features = digit.ToFeatures() }).Score)];
            var isRight = scores.Select(score => Array.IndexOf(score, score.Max())).SequenceEqual(picture.Labels);
            var isDoubtful = found.Count == 0 || found.Zip(scores, (digit, score) => digit.DoubtsOf(score)).Any(doubts => doubts != 0);
            right += isRight ? 1 : 0;
            lost += isRight && isDoubtful ? 1 : 0;
            caught += !isRight && isDoubtful ? 1 : 0;
        }

        return new KindOutcome(kind, count, right, lost, caught);
    }

    private static HandwrittenDigit[] Read(string imagesPath, string labelsPath)
    {
        const int Size = HandwrittenDigit.Side * HandwrittenDigit.Side;
        return [.. IdxFile.Read(imagesPath).ToArray<byte>().Chunk(Size).Zip(
            IdxFile.Read(labelsPath).ToArray<byte>(), (pixels, label) => new HandwrittenDigit(pixels, label))];
    }

    /// <summary>What became of the pictures of a kind.</summary>
    private sealed record KindOutcome(PictureKind Kind, int Count, int Right, int Lost, int Caught)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Kind}: {Right} of {Count} right, {Lost} of these marked as not sure; of {Count - Right} wrong ones {Caught} marked");
    }

    /// <summary>A digit as the network takes it.</summary>
    private sealed class Row
    {
        [VectorType(FoundDigit.Side * FoundDigit.Side)]
        public float[] Features { get; set; } = [];
    }

    /// <summary>The probability of each class.</summary>
    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
