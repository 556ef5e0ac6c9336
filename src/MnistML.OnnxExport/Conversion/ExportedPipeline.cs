using Google.Protobuf;
using MnistML.OnnxExport.Onnx;
using MnistML.OnnxExport.Pipelines;

namespace MnistML.OnnxExport.Conversion;

/// <summary>A pipeline as an ONNX model.</summary>
/// <param name="Pipeline">The pipeline.</param>
/// <param name="Model">The model.</param>
/// <param name="WithEachStage">The same model, whose outputs are the columns that each stage adds, with two or more dimensions.</param>
/// <param name="Outputs">The outputs' names, in the order of the pipeline's.</param>
internal sealed record ExportedPipeline(
    Pipeline Pipeline, ModelProto Model, ModelProto WithEachStage, IReadOnlyList<string> Outputs)
{
    public byte[] Bytes => Model.ToByteArray();
}
