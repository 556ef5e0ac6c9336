using MnistML.Images;
using MnistML.Images.Judging;

namespace MnistML.Benchmarks.Pictures;

/// <summary>What was found in a picture, and the probabilities of each digit's classes.</summary>
internal sealed record PictureReading(DigitPicture Picture, IReadOnlyList<float[]> Scores)
{
    private const DigitDoubts OfThresholds = DigitDoubts.UnlikeDigits | DigitDoubts.UnsureNetwork;

    /// <summary>The most probable classes, in reading order.</summary>
    public IReadOnlyList<int> Answers { get; } = [.. Scores.Select(score => Array.IndexOf(score, score.Max()))];

    /// <summary>What is doubtful about any digit.</summary>
    public DigitDoubts Doubts { get; } = Picture.Digits.Zip(Scores, (digit, score) => digit.DoubtsOf(score))
        .Aggregate(DigitDoubts.None, (all, doubts) => all | doubts);

    /// <summary>Whether an answer is withheld or marked.</summary>
    public bool IsMarked => Picture.Digits.Count == 0 || Doubts != DigitDoubts.None;

    /// <summary>How unlike MNIST's digits the worst of them is.</summary>
    private double Distance { get; } =
        Picture.Digits.Select(digit => DigitLikeness.Default.DistanceOf(digit.Pixels.Span)).DefaultIfEmpty().Max();

    /// <summary>The least of the best classes' probabilities.</summary>
    private float Probability { get; } = Scores.Select(score => score.Max()).DefaultIfEmpty().Min();

    /// <summary>Whether it would be marked with other thresholds.</summary>
    public bool IsMarkedBy(double maxDistance, float minProbability) => Picture.Digits.Count == 0
        || (Doubts & ~OfThresholds) != DigitDoubts.None || Distance > maxDistance || Probability < minProbability;
}
