using System.Globalization;
using MnistML.Datasets;
using MnistML.Images.Judging;
using MnistML.Tests.Support;

namespace MnistML.Benchmarks.Pictures;

/// <summary>
/// What the thresholds of doubt cost and catch. They are chosen on pictures of MNIST's last 10,000 training digits, by a network that did
/// not see them, and judged on pictures of test digits.
/// </summary>
internal static class DoubtStudy
{
    /// <summary>Digits that the network and the likeness learn from; pictures are composed of the others.</summary>
    public const int TrainCount = 50_000;

    /// <summary>The first of the digits that the network has not seen: rules were made with those before it.</summary>
    private const int FirstChosen = 1_000;

    /// <summary>The test digits that the choice is judged on; those of the kinds are others.</summary>
    private const int FirstJudged = 5_000;

    /// <summary>The share of right answers that the choice may cost.</summary>
    private const double MaxLost = 0.08;

    /// <summary>And what is promised of it on other pictures, where chance adds to both.</summary>
    private const double MaxLostOfOthers = 0.1;
    private const double MinCaught = 0.5;

    /// <summary>Of fewer answers chance decides.</summary>
    private const int EnoughWrong = 20;
    private const int EnoughRight = 500;

    private static readonly double[] Distances = [1.6, 1.9, 2.2, 2.5, 3, 4];

    /// <summary>With the label smoothing of the accurate recipe a clear digit has 0.91, which must not count as unsure.</summary>
    private static readonly float[] Probabilities = [0.5f, 0.6f, 0.7f, 0.8f];

    public static void Run(MnistFiles files, int count, Verdict verdict)
    {
        var network = PictureNetwork.Train(files, TrainCount);
        var chosenOn = Outcomes(network, PictureNetwork.Digits(files.TrainImages, files.TrainLabels)[TrainCount..], FirstChosen, count);
        Console.WriteLine($"| probability \\ distance | {string.Join(" | ", Distances.Select(Text))} |");
        Console.WriteLine($"| --- |{string.Concat(Distances.Select(_ => " --- |"))}");
        var best = (Distance: double.NaN, Probability: 0f, Caught: -1.0);
        foreach (var probability in Probabilities)
        {
            var cells = new List<string>();
            foreach (var distance in Distances)
            {
                var shares = SharesOf(chosenOn, outcome => outcome.Reading.IsMarkedBy(distance, probability));
                cells.Add(shares.Cell);
                var caught = shares.Wrong + shares.NoDigits;
                best = shares.Lost <= MaxLost && caught > best.Caught ? (distance, probability, caught) : best;
            }

            Console.WriteLine($"| {Text(probability)} | {string.Join(" | ", cells)} |");
        }

        Console.WriteLine("Each cell: right answers lost, wrong ones caught, pictures without digits caught.");
        Console.WriteLine(
            $"Most is caught for at most {MaxLost:P0} lost by distance {Text(best.Distance)}, probability {Text(best.Probability)}.");

        var judgedOn = Outcomes(network, PictureNetwork.Digits(files.TestImages, files.TestLabels), FirstJudged, count);
        var found = SharesOf(judgedOn, outcome => outcome.Reading.IsMarked);
        var rightCount = judgedOn.Count(outcome => outcome.IsRight);
        var wrongCount = judgedOn.Count(outcome => outcome.IsWrong);
        var what = $"distance {Text(DoubtRules.MaxDistance)}, probability {Text(DoubtRules.MinProbability)} on other pictures ("
            + $"{rightCount} right, {wrongCount} wrong, {judgedOn.Count(outcome => !outcome.HasDigits)} without "
            + $"digits): {found.Cell}; at most {MaxLostOfOthers:P0} lost, at least {MinCaught:P0} of both others caught";
        verdict.Expect(
            (found.Lost <= MaxLostOfOthers || rightCount < EnoughRight) && found.NoDigits >= MinCaught
            && (found.Wrong >= MinCaught || wrongCount < EnoughWrong), what);
        foreach (var kind in judgedOn.Where(outcome => !outcome.HasDigits).GroupBy(outcome => outcome.Kind))
        {
            Console.WriteLine($"measured  {kind.Key}: {kind.Count(outcome => outcome.Reading.IsMarked)} of {kind.Count()} caught");
        }
    }

    private static List<Outcome> Outcomes(PictureNetwork network, HandwrittenDigit[] digits, int first, int count)
    {
        var outcomes = new List<Outcome>();
        // Digits that touch are marked whatever the thresholds are.
        foreach (var kind in Enum.GetValues<PictureKind>().Where(kind => kind != PictureKind.Touching))
        {
            for (var index = first; index < first + count; index++)
            {
                var written = Enumerable.Range(index, PictureComposer.MaxSeveral).Select(i => digits[i % digits.Length]);
                var picture = PictureComposer.Compose(kind, [.. written], seed: ~(ulong)index);
                outcomes.Add(new Outcome($"{kind}", network.Read(picture.File), picture.Labels));
            }
        }

        foreach (var kind in Enum.GetValues<NonDigitKind>())
        {
            for (var index = first; index < first + count; index++)
            {
                var file = NonDigitComposer.Compose(kind, digits[index % digits.Length], (ulong)index);
                outcomes.Add(new Outcome($"{kind}", network.Read(file), Labels: null));
            }
        }

        return outcomes;
    }

    private static Shares SharesOf(IReadOnlyList<Outcome> outcomes, Func<Outcome, bool> isMarked)
    {
        return new Shares(
            Marked(outcome => outcome.IsRight), Marked(outcome => outcome.IsWrong), Marked(outcome => !outcome.HasDigits));

        double Marked(Func<Outcome, bool> belongs) =>
            outcomes.Where(belongs).Select(outcome => isMarked(outcome) ? 1.0 : 0).DefaultIfEmpty().Average();
    }

    private static string Text(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    /// <summary>A picture, and what is true of its answer.</summary>
    private sealed record Outcome(string Kind, PictureReading Reading, IReadOnlyList<int>? Labels)
    {
        public bool HasDigits => Labels is not null;

        public bool IsRight => Labels is not null && Reading.Answers.SequenceEqual(Labels);

        public bool IsWrong => HasDigits && !IsRight;
    }

    /// <summary>Shares that are marked.</summary>
    private readonly record struct Shares(double Lost, double Wrong, double NoDigits)
    {
        public string Cell => FormattableString.Invariant($"{100 * Lost:F1} %, {100 * Wrong:F0} %, {100 * NoDigits:F0} %");
    }
}
