using MnistML.Native;
using MnistML.Training.Rows;
using static TorchSharp.torch;

namespace MnistML.Training.Loop;

/// <summary>Converts batches to tensors, with the features as the source gives them.</summary>
internal static class BatchTensors
{
    /// <summary>float32, <c>[rows, features]</c>. The caller's scope owns it.</summary>
    public static Tensor Features(RowBatch batch, int featureCount)
    {
        var features = empty([batch.RowCount, featureCount], ScalarType.Float32, CPU);
        var values = new TensorMemory(features).Singles;
        for (var row = 0; row < batch.RowCount; row++)
        {
            batch.CopyFeatures(row, values.Slice(row * featureCount, featureCount));
        }

        return features;
    }
}
