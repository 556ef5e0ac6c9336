using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using MnistML.OnnxExport.Onnx;
using MnistML.Samples.Pictures.Features;

namespace MnistML.Benchmarks.PictureFolders;

/// <summary>
/// The pretrained network by ONNX Runtime alone, on all cores, in graphs that were edited to take any number of pictures. ML.NET's have 1
/// there.
/// </summary>
internal sealed class BatchedNetwork : IDisposable
{
    private const string BatchDimension = "pictures";

    private readonly InferenceSession[] _sessions = [.. PretrainedNetwork.Files.Select(Open)];

    /// <summary>The features of pictures by their pixels, some at once.</summary>
    public float[][] Run(float[][] pixels, int batchSize) => [.. pixels.Chunk(batchSize).SelectMany(RunTogether)];

    public void Dispose()
    {
        foreach (var session in _sessions)
        {
            session.Dispose();
        }
    }

    private IEnumerable<float[]> RunTogether(float[][] pixels)
    {
        var values = new float[pixels.Length * pixels[0].Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i].CopyTo(values, i * pixels[0].Length);
        }

        using var input = OrtValue.CreateTensorValueFromMemory(
            values, [pixels.Length, PretrainedNetwork.ChannelCount, PretrainedNetwork.Side, PretrainedNetwork.Side]);
        using var centred = Run(_sessions[0], input);
        using var features = Run(_sessions[1], centred[0]);
        return features[0].GetTensorDataAsSpan<float>().ToArray().Chunk(PretrainedNetwork.FeatureCount);
    }

    private static IDisposableReadOnlyCollection<OrtValue> Run(InferenceSession session, OrtValue input)
    {
        using var options = new RunOptions();
        return session.Run(options, [session.InputNames[0]], [input], session.OutputNames);
    }

    private static InferenceSession Open(string path)
    {
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        foreach (var value in model.Graph.Output.Prepend(model.Graph.Input[0]))
        {
            value.Type.TensorType.Shape.Dim[0].DimParam = BatchDimension;
        }

        model.Graph.ValueInfo.Clear(); // Shapes between, which ONNX Runtime infers anew.
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        return new InferenceSession(model.ToByteArray(), options);
    }
}
