using System.Security.Cryptography;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.Transforms.Image;

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

    public const int Side = 224; // pixels, as the network was trained on
    public const int ChannelCount = 3;

    private const string PixelColumn = "Pixels";
    private const string ImageColumn = "Image";

    /// <summary>The two networks: the first subtracts the mean colour, the second makes features.</summary>
    public static readonly string[] Files =
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
    /// <exception cref="InvalidDataException">It can't be read as a picture, or is incomplete.</exception>
    public float[] Compute(byte[] content) => FeaturesOf(PixelsOf(content));

    /// <summary>The pixels of a picture as the network takes them.</summary>
    /// <exception cref="InvalidDataException">It can't be read as a picture, or is incomplete.</exception>
    public float[] PixelsOf(byte[] content)
    {
        PictureCheck.ThrowIfUnreadable(content);
        using var image = MLImage.CreateFromStream(new MemoryStream(content));
        return _engines.Value!.Predict(new DecodedPicture { Image = image }).Pixels;
    }

    /// <summary>The features of such pixels.</summary>
    public float[] FeaturesOf(float[] pixels)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [1, ChannelCount, Side, Side]);
        using var centred = Run(_sessions.Value[0], input);
        using var features = Run(_sessions.Value[1], centred[0]);
        return features[0].GetTensorDataAsSpan<float>().ToArray();
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

    /// <summary>The whole picture, with black bars where it is not square.</summary>
    private EstimatorChain<ImagePixelExtractingTransformer> Resize() =>
        _mlContext.Transforms.ResizeImages(ImageColumn, Side, Side, resizing: ImageResizingEstimator.ResizingKind.IsoPad)
            .Append(_mlContext.Transforms.ExtractPixels(PixelColumn, ImageColumn));

    private static IDisposableReadOnlyCollection<OrtValue> Run(InferenceSession session, OrtValue input)
    {
        using var options = new RunOptions();
        return session.Run(options, [session.InputNames[0]], [input], session.OutputNames);
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
