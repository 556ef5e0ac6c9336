using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Microsoft.ML.Transforms.Image;
using SkiaSharp;

namespace MnistML.Samples.Pictures.Features;

/// <summary>
/// ResNet18, trained on ImageNet, without its last layer: 512 features of a picture. ML.NET's stage scores one picture after the other.
/// Here as many pictures as there are cores are scored at once, each on one thread, which gives the same bits faster than the stage, and
/// than batches of an edited graph. The stage is what is saved.
/// </summary>
internal sealed class PretrainedNetwork : IDisposable
{
    public const int FeatureCount = 512;
    public const string PathColumn = "Path";
    public const string FeatureColumn = "Features";

    private const int Side = 224; // pixels, as the network was trained on
    private const string PixelColumn = "Pixels";
    private const string ImageColumn = "Image";

    private static readonly string[] Files =
    [
        Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNetPrepOnnx", "ResNetPreprocess.onnx"),
        Path.Combine(AppContext.BaseDirectory, "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx"),
    ];

    private readonly MLContext _mlContext;
    private readonly Lazy<InferenceSession[]> _sessions = new(Open);
    private readonly ThreadLocal<PredictionEngine<DecodedPicture, PixelRow>> _engines;

    public PretrainedNetwork(MLContext mlContext)
    {
        _mlContext = mlContext;
        Id = Convert.ToHexStringLower(SHA256.HashData([.. Files.SelectMany(file => SHA256.HashData(File.ReadAllBytes(file)))]))[..16];
        var resize = Resize().Fit(mlContext.Data.LoadFromEnumerable<DecodedPicture>([]));
        _engines = new(() => mlContext.Model.CreatePredictionEngine<DecodedPicture, PixelRow>(resize));
    }

    /// <summary>What tells this network, and how pictures are given to it, from others.</summary>
    public string Id { get; }

    /// <summary>ML.NET's stages from a path to features.</summary>
    public ITransformer[] Stages()
    {
        var paths = _mlContext.Data.LoadFromEnumerable<PicturePath>([]);
        var pixels = _mlContext.Transforms.LoadImages(ImageColumn, imageFolder: null, PathColumn).Append(Resize()).Fit(paths);
        var features = _mlContext.Transforms.DnnFeaturizeImage(
            FeatureColumn,
            model => model.ModelSelector.ResNet18(_mlContext, model.OutputColumn, model.InputColumn),
            PixelColumn).Fit(pixels.Transform(paths));
        return [.. pixels, features];
    }

    /// <summary>The features of a picture, by its file's content. Any number of threads may call it.</summary>
    /// <exception cref="ArgumentException">The content is no picture.</exception>
    public float[] Compute(byte[] content)
    {
        ThrowIfBroken(content);
        using var image = MLImage.CreateFromStream(new MemoryStream(content));
        var pixels = _engines.Value!.Predict(new DecodedPicture { Image = image }).Pixels;
        return Run(_sessions.Value[1], Run(_sessions.Value[0], pixels));
    }

    public void Dispose()
    {
        _engines.Dispose();
        foreach (var session in _sessions.IsValueCreated ? _sessions.Value : [])
        {
            session.Dispose();
        }
    }

    /// <summary>Opened when a picture is not in the cache.</summary>
    private static InferenceSession[] Open()
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        return [.. Files.Select(file => new InferenceSession(file, options))];
    }

    /// <summary>ML.NET takes what is left of a file that was cut, and leaves the rest of the picture black.</summary>
    private static void ThrowIfBroken(byte[] content)
    {
        using var codec = SKCodec.Create(new MemoryStream(content)) ?? throw new ArgumentException("The content is no picture.");
        using var bitmap = new SKBitmap(codec.Info);
        if (codec.GetPixels(bitmap.Info, bitmap.GetPixels()) != SKCodecResult.Success)
        {
            throw new ArgumentException("The picture is cut, or broken otherwise.");
        }
    }

    /// <summary>The whole picture, with black bars where it is not square.</summary>
    private EstimatorChain<ImagePixelExtractingTransformer> Resize() =>
        _mlContext.Transforms.ResizeImages(ImageColumn, Side, Side, resizing: ImageResizingEstimator.ResizingKind.IsoPad)
            .Append(_mlContext.Transforms.ExtractPixels(PixelColumn, ImageColumn));

    private static float[] Run(InferenceSession session, float[] values)
    {
        using var results = session.Run(
            [NamedOnnxValue.CreateFromTensor(session.InputNames[0], new DenseTensor<float>(values, [1, 3, Side, Side]))]);
        return [.. results[0].AsEnumerable<float>()];
    }

    private sealed class DecodedPicture
    {
        [ImageType(Side, Side)]
        public MLImage? Image { get; set; }
    }

    private sealed class PixelRow
    {
        public float[] Pixels { get; set; } = [];
    }
}

/// <summary>A picture's file, as the saved model takes it.</summary>
internal sealed class PicturePath
{
    public string Path { get; set; } = "";
}
