using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MnistML.OnnxExport.Onnx;

namespace MnistML.OnnxExport.Verification;

/// <summary>Runs a model by ONNX Runtime. It owns the session.</summary>
internal sealed class OnnxRun : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string[] _outputs;

    public OnnxRun(ModelProto model)
    {
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, // What fails is thrown and reported.
        };
        _outputs = [.. model.Graph.Output.Select(output => output.Name)];
        _session = new InferenceSession(model.ToByteArray(), options);
    }

    /// <summary>Runs some rows, and returns for each output its items row by row.</summary>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime can't run them.</exception>
    public object[][] Run(SampleRows rows, RowRange range)
    {
        using var results = _session.Run([.. rows.Columns.Select(column => column.ToTensor(range))], _outputs);
        return [.. results.Select(Items)];
    }

    public void Dispose() => _session.Dispose();

    private static object[] Items(DisposableNamedOnnxValue output) => output.ElementType switch
    {
        TensorElementType.Float => Items<float>(output),
        TensorElementType.Double => Items<double>(output),
        TensorElementType.String => Items<string>(output),
        TensorElementType.Bool => Items<bool>(output),
        TensorElementType.Int8 => Items<sbyte>(output),
        TensorElementType.UInt8 => Items<byte>(output),
        TensorElementType.Int16 => Items<short>(output),
        TensorElementType.UInt16 => Items<ushort>(output),
        TensorElementType.Int32 => Items<int>(output),
        TensorElementType.UInt32 => Items<uint>(output),
        TensorElementType.Int64 => Items<long>(output),
        TensorElementType.UInt64 => Items<ulong>(output),
        _ => throw new NotSupportedException($"The output '{output.Name}' is of type {output.ElementType}."),
    };

    private static object[] Items<T>(DisposableNamedOnnxValue output) => [.. output.AsEnumerable<T>().Cast<object>()];
}
