using System.Runtime.InteropServices;
using MnistML.Images.Judging;
using SkiaSharp;

namespace MnistML.Images;

/// <summary>A digit that was found in a picture, in the form of MNIST's images.</summary>
public sealed class FoundDigit
{
    /// <summary>Height and width of a digit's image, in pixels: 28, as MNIST's.</summary>
    public const int Side = 28;

    private readonly byte[] _pixels;

    internal FoundDigit(PixelBox box, byte[] pixels, DigitDoubts doubts)
    {
        (Box, _pixels, Doubts) = (box, pixels, doubts);
    }

    /// <summary>Where it is in the picture.</summary>
    public PixelBox Box { get; }

    /// <summary>Its image: 28 × 28 bytes, row by row, 0 for none and 255 for full ink, whatever the picture's own colours.</summary>
    public ReadOnlyMemory<byte> Pixels => _pixels;

    /// <summary>What is doubtful about it, before a network has seen it.</summary>
    public DigitDoubts Doubts { get; }

    /// <summary>The image as a network takes it that was trained on MNIST: 784 values from 0 to 1, row by row.</summary>
    public float[] ToFeatures() => [.. _pixels.Select(pixel => pixel / (float)byte.MaxValue)];

    /// <summary>What is doubtful about a network's answer: <see cref="Doubts"/>, and whether the network itself is unsure.</summary>
    /// <param name="probabilities">The probability of each class: the column <c>Score</c>.</param>
    /// <returns><see cref="DigitDoubts.None"/> where the answer may be relied on.</returns>
    public DigitDoubts DoubtsOf(ReadOnlySpan<float> probabilities)
    {
        var best = 0f;
        foreach (var probability in probabilities)
        {
            best = Math.Max(best, probability);
        }

        return best >= DoubtRules.MinProbability ? Doubts : Doubts | DigitDoubts.UnsureNetwork;
    }

    /// <summary>The image as the bytes of a PNG file, 28 × 28, grey.</summary>
    public byte[] ToPng()
    {
        using var bitmap = new SKBitmap(new SKImageInfo(Side, Side, SKColorType.Gray8, SKAlphaType.Opaque));
        for (var row = 0; row < Side; row++)
        {
            Marshal.Copy(_pixels, row * Side, bitmap.GetPixels() + (row * bitmap.RowBytes), Side);
        }

        using var file = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        return file.ToArray();
    }
}
