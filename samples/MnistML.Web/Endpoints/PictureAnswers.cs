using System.Diagnostics;
using MnistML.Images;
using MnistML.Web.Models;
using MnistML.Web.Service;

namespace MnistML.Web.Endpoints;

/// <summary>Reads the digits of a picture, by the library that the console's <c>predict</c> uses too, and scores each.</summary>
internal sealed class PictureAnswers(DigitReader reader, Limits limits, ServiceMetrics metrics)
{
    /// <exception cref="InvalidDataException">The picture can't be read, or exceeds a limit, which is named.</exception>
    public PictureAnswer Answer(LiveModel model, byte[] picture, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        using var stream = new MemoryStream(picture);
        var found = reader.Read(stream);
        var digits = new List<DigitAnswer>();
        foreach (var digit in found.Digits.Take(limits.DigitsInPicture))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var probabilities = model.Score(digit.Pixels.Span);
            var doubts = digit.DoubtsOf(probabilities);
            digits.Add(new DigitAnswer
            {
                Left = digit.Box.Left,
                Top = digit.Box.Top,
                Width = digit.Box.Width,
                Height = digit.Box.Height,
                Pixels = digit.Pixels.ToArray(),
                Probabilities = probabilities,
                Label = Evaluator.IndexOfLargest(probabilities),
                Doubts = [.. Enum.GetValues<DigitDoubts>().Where(doubt => doubt != DigitDoubts.None && doubts.HasFlag(doubt)).Select(Name)],
            });
        }

        var elapsed = Stopwatch.GetElapsedTime(began);
        metrics.RecordPicture(elapsed);
        return new PictureAnswer
        {
            RunId = model.Run?.Id,
            ClassNames = model.ClassNames,
            Width = found.Width,
            Height = found.Height,
            Digits = digits,
            DigitsLeftOut = found.Digits.Count - digits.Count,
            Milliseconds = elapsed.TotalMilliseconds,
        };
    }

    private static string Name(DigitDoubts doubt) => $"{doubt}";
}

/// <summary>What was found in a picture.</summary>
internal sealed record PictureAnswer
{
    /// <summary>The run of the model that answered; null for a file that the command line named.</summary>
    public required string? RunId { get; init; }

    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>The picture's size in pixels.</summary>
    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>In reading order; none where there is no ink.</summary>
    public required IReadOnlyList<DigitAnswer> Digits { get; init; }

    /// <summary>Digits above the limit for one picture.</summary>
    public required int DigitsLeftOut { get; init; }

    /// <summary>The time that reading and scoring took.</summary>
    public required double Milliseconds { get; init; }
}

/// <summary>A digit that was found in a picture, and what the network makes of it.</summary>
internal sealed record DigitAnswer
{
    /// <summary>Where it is in the picture, in pixels.</summary>
    public required int Left { get; init; }

    public required int Top { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>The digit as the network sees it: 28 × 28 bytes, row by row, in base 64.</summary>
    public required byte[] Pixels { get; init; }

    /// <summary>The probability of each class.</summary>
    public required IReadOnlyList<float> Probabilities { get; init; }

    /// <summary>The zero-based index of the most probable class.</summary>
    public required int Label { get; init; }

    /// <summary>Why the answer may be wrong: names of <see cref="DigitDoubts"/>.</summary>
    public required IReadOnlyList<string> Doubts { get; init; }
}
