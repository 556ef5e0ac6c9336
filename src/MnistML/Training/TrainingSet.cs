using static TorchSharp.torch;

namespace MnistML.Training;

/// <summary>The rows to train on, one tensor for all features and one for all labels. It owns both.</summary>
internal sealed class TrainingSet(Tensor features, Tensor labels, int classCount) : IDisposable
{
    /// <summary>float32, <c>[rows, features]</c>.</summary>
    public Tensor Features { get; } = features;

    /// <summary>int64, <c>[rows]</c>: zero-based classes.</summary>
    public Tensor Labels { get; } = labels;

    public int ClassCount { get; } = classCount;

    public long RowCount => Labels.shape[0];

    public int FeatureCount => checked((int)Features.shape[1]);

    public int BatchCount(int batchSize) => checked((int)((RowCount + batchSize - 1) / batchSize));

    public void Dispose()
    {
        Features.Dispose();
        Labels.Dispose();
    }
}
