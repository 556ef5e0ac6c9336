using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MnistML.Tests.Support;

/// <summary>ONNX Runtime without anything of the library around it.</summary>
internal static class BareOnnx
{
    /// <summary>Scores one row by a model of one input and one output.</summary>
    public static float[] Run(byte[] model, string inputName, float[] features)
    {
        using var session = new InferenceSession(model);
        var input = NamedOnnxValue.CreateFromTensor(inputName, new DenseTensor<float>(features, [1, features.Length]));
        using var outputs = session.Run([input]);
        return [.. outputs.Single().AsEnumerable<float>()];
    }
}
