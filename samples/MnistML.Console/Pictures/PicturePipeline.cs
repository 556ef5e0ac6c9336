using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace MnistML.Samples.Pictures;

/// <summary>A picture to classify.</summary>
internal sealed class PictureInput
{
    public string Path { get; set; } = "";
}

/// <summary>The network's prediction for a picture.</summary>
internal sealed class PicturePrediction
{
    /// <summary>The digit as the network sees it: 28 × 28 values row by row, 0 for none and 1 for full ink.</summary>
    public float[] Features { get; set; } = [];

    /// <summary>The probability of each class.</summary>
    public float[] Score { get; set; } = [];
}

/// <summary>
/// From a picture's file to a prediction, as an ML.NET pipeline: read the file, bring it to MNIST's form, take its pixels, classify.
/// </summary>
internal static class PicturePipeline
{
    private const string FileBytes = nameof(PictureFile.Bytes);
    private const string Digit = nameof(DigitPicture.Digit);

    /// <summary>Puts the pipeline in front of a trained model.</summary>
    /// <remarks>A custom mapping of ML.NET 5.0.1 can output an image but cannot take one, so it begins with the file's bytes.</remarks>
    public static ITransformer Before(MLContext mlContext, ITransformer model) => mlContext.Transforms
        .LoadRawImageBytes(outputColumnName: FileBytes, imageFolder: null, inputColumnName: nameof(PictureInput.Path))
        .Append(mlContext.Transforms.CustomMapping<PictureFile, DigitPicture>(BringToMnistsForm, contractName: null))
        .Append(mlContext.Transforms.ExtractPixels(
            outputColumnName: nameof(PicturePrediction.Features),
            inputColumnName: Digit,
            colorsToExtract: ImagePixelExtractingEstimator.ColorBits.Red, // all three are equal
            scaleImage: 1f / byte.MaxValue))
        .Fit(mlContext.Data.LoadFromEnumerable<PictureInput>([]))
        .Append(model);

    private static void BringToMnistsForm(PictureFile input, DigitPicture output) =>
        output.Digit = PicturePixels.Write(DigitNormalizer.Side, DigitNormalizer.Normalize(PicturePixels.ReadBrightness(input.Bytes)));

    /// <summary>A file as it is.</summary>
    private sealed class PictureFile
    {
        public byte[] Bytes { get; set; } = [];
    }

    /// <summary>A digit in MNIST's form.</summary>
    private sealed class DigitPicture
    {
        [ImageType(DigitNormalizer.Side, DigitNormalizer.Side)]
        public MLImage Digit { get; set; } = null!;
    }
}
