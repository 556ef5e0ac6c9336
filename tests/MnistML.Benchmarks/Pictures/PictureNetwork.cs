using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Datasets;
using MnistML.Idx;
using MnistML.Images;
using MnistML.Native;
using MnistML.Tests.Support;

namespace MnistML.Benchmarks.Pictures;

/// <summary>A network that was trained on MNIST, and what it says of a picture.</summary>
internal sealed class PictureNetwork
{
    private readonly PredictionEngine<Row, Prediction> _engine;

    private PictureNetwork(PredictionEngine<Row, Prediction> engine) => _engine = engine;

    /// <summary>Loads a network.</summary>
    public static PictureNetwork Load(string path)
    {
        LibTorch.EnsureLoaded();
        var mlContext = new MLContext(seed: 1);
        return Of(mlContext, mlContext.Model.LoadMlp(path, out _));
    }

    /// <summary>Trains the fast recipe on MNIST's first training images.</summary>
    public static PictureNetwork Train(MnistFiles files, long rowCount = long.MaxValue)
    {
        LibTorch.EnsureLoaded();
        var mlContext = new MLContext(seed: 1);
        var images = mlContext.Data.TakeRows(mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels), rowCount);
        return Of(mlContext, mlContext.MulticlassClassification.Trainers.Mlp(mlContext, MlpRecipes.Fast with { Seed = 1 }).Fit(images));
    }

    /// <summary>The digits of MNIST's files.</summary>
    public static HandwrittenDigit[] Digits(string imagesPath, string labelsPath)
    {
        const int Size = HandwrittenDigit.Side * HandwrittenDigit.Side;
        return [.. IdxFile.Read(imagesPath).ToArray<byte>().Chunk(Size).Zip(
            IdxFile.Read(labelsPath).ToArray<byte>(), (pixels, label) => new HandwrittenDigit(pixels, label))];
    }

    /// <summary>Reads a picture.</summary>
    public PictureReading Read(byte[] file)
    {
        var found = new DigitReader().Read(new MemoryStream(file));
        return new PictureReading(
            found, [.. found.Digits.Select(digit => _engine.Predict(new Row { Features = digit.ToFeatures() }).Score)]);
    }

    private static PictureNetwork Of(MLContext mlContext, ITransformer model) =>
        new(mlContext.Model.CreatePredictionEngine<Row, Prediction>(model));

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
