using System.CommandLine;
using System.Globalization;
using MnistML.Datasets;
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
        var doubts = new Option<int>("--doubts")
        {
            Description = "Pictures of each kind for the thresholds of doubt",
            DefaultValueFactory = _ => 60,
        };
        var large = new Option<int>("--large") { Description = "Million pixels of a large picture", DefaultValueFactory = _ => 48 };
        var sheet = new Option<string?>("--sheet") { Description = "Draw the guide's sheet to this file instead", HelpName = "FILE" };
        var read = new Option<string?>("--read")
        {
            Description = "Read one picture, and print what it took",
            HelpName = "FILE",
            Hidden = true,
        };
        var check = new Option<bool>("--check") { Description = "Fail on speeds too" };
        var command = new Command("pictures", "How well pictures as people take them are read, and what large ones cost")
        {
            data, count, tight, first, model, learn, doubts, large, sheet, read, check,
        };
        command.SetAction(parsed => parsed.GetValue(read) is { } picture
            ? LargePictures.Read(picture)
            : Mnist.Find(parsed.GetValue(data), "reading pictures") is not { } files
            ? 0
            : parsed.GetValue(learn) is { } path
            ? Learn(files, path)
            : parsed.GetValue(sheet) is { } sheetPath
            ? Draw(files, sheetPath, parsed.GetValue(model))
            : Run(files, parsed.GetValue(model), parsed.GetValue(first), new Sizes(
                parsed.GetValue(count), parsed.GetValue(tight), parsed.GetValue(doubts), parsed.GetValue(large)), parsed.GetValue(check)));
        return command;
    }

    private static int Draw(MnistFiles files, string path, string? modelPath)
    {
        PictureSheet.Write(path, Network(files, modelPath), PictureNetwork.Digits(files.TestImages, files.TestLabels));
        return 0;
    }

    private static PictureNetwork Network(MnistFiles files, string? modelPath) =>
        modelPath is null ? PictureNetwork.Train(files) : PictureNetwork.Load(modelPath);

    private static int Learn(MnistFiles files, string path)
    {
        var digits = PictureNetwork.Digits(files.TrainImages, files.TrainLabels)[..DoubtStudy.TrainCount];
        File.WriteAllBytes(
            path, LikenessTraining.Learn([.. digits.Select(digit => digit.Pixels)], [.. digits.Select(digit => digit.Label)]));
        return 0;
    }

    private static int Run(MnistFiles files, string? modelPath, int first, Sizes sizes, bool checks)
    {
        var verdict = new Verdict(checks);
        LargePictures.Run(sizes.Large, verdict);
        JudgeKinds(files, Network(files, modelPath), first, sizes.Count, sizes.Tight, verdict);
        DoubtStudy.Run(files, sizes.Doubts, verdict);
        return verdict.ExitCode;
    }

    private static void JudgeKinds(MnistFiles files, PictureNetwork network, int first, int count, int tight, Verdict verdict)
    {
        var digits = PictureNetwork.Digits(files.TestImages, files.TestLabels);
        var composed = new List<KindOutcome>();
        foreach (var kind in Enum.GetValues<PictureKind>().Except(TightKinds).Where(kind => kind != PictureKind.Touching))
        {
            var outcome = Outcome(kind, digits, first, count, network);
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

        Console.WriteLine($"measured  {Outcome(PictureKind.Touching, digits, first, count, network)}; nothing is promised");
        foreach (var kind in TightKinds)
        {
            var outcome = Outcome(kind, digits, first: 0, tight, network);
            if (kind == PictureKind.TightOnBlack)
            {
                Console.WriteLine($"measured  {outcome}; nothing is promised");
                continue;
            }

            verdict.Expect(outcome.Right >= MinRightTight * tight, $"{outcome}; at least {MinRightTight:P0} are promised");
        }
    }

    private static KindOutcome Outcome(
        PictureKind kind, HandwrittenDigit[] digits, int first, int count, PictureNetwork network)
    {
        var (right, lost, caught) = (0, 0, 0);
        for (var index = first; index < first + count; index++)
        {
            var written = Enumerable.Range(index, PictureComposer.MaxSeveral).Select(i => digits[i % digits.Length]);
            var picture = PictureComposer.Compose(kind, [.. written], (ulong)index);
            var reading = network.Read(picture.File);
            var isRight = reading.Answers.SequenceEqual(picture.Labels);
            var isDoubtful = reading.IsMarked;
            right += isRight ? 1 : 0;
            lost += isRight && isDoubtful ? 1 : 0;
            caught += !isRight && isDoubtful ? 1 : 0;
        }

        return new KindOutcome(kind, count, right, lost, caught);
    }

    /// <summary>What became of the pictures of a kind.</summary>
    private sealed record KindOutcome(PictureKind Kind, int Count, int Right, int Lost, int Caught)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Kind}: {Right} of {Count} right, {Lost} of these marked as not sure; of {Count - Right} wrong ones {Caught} marked");
    }

    /// <summary>How many pictures each part takes, and how large the large one is, in millions of pixels.</summary>
    private readonly record struct Sizes(int Count, int Tight, int Doubts, int Large);
}
