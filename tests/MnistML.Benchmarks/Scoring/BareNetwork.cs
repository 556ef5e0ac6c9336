using Microsoft.ML.OnnxRuntime;

namespace MnistML.Benchmarks.Scoring;

/// <summary>A network's exported ONNX model in ONNX Runtime alone, over rows in memory.</summary>
internal sealed class BareNetwork : IDisposable
{
    private readonly float[] _features;
    private readonly int _featureCount;
    private readonly int _classCount;
    private readonly InferenceSession _batches;
    private readonly InferenceSession _rows;
    private readonly float[] _scores;
    private readonly long[] _labels;

    public BareNetwork(MlpTransformer model, float[][] rows)
    {
        using var onnx = new MemoryStream();
        model.SaveAsOnnx(onnx);
        _batches = new InferenceSession(onnx.ToArray());
        using var oneThread = new SessionOptions { IntraOpNumThreads = 1 };
        _rows = new InferenceSession(onnx.ToArray(), oneThread);
        (_featureCount, _classCount) = (model.Model.Architecture.InputSize, model.Model.Architecture.ClassCount);
        _features = [.. rows.SelectMany(row => row)];
        _scores = new float[BatchSizes.Max() * _classCount];
        _labels = new long[BatchSizes.Max()];
    }

    public IReadOnlyList<int> BatchSizes { get; } = [64, 256, 1024];

    public ReadOnlySpan<float> Row => _features.AsSpan(0, _featureCount);

    public void RunAll(int batchSize)
    {
        var rowCount = _features.Length / _featureCount;
        for (var row = 0; row < rowCount; row += batchSize)
        {
            Run(_batches, row, Math.Min(batchSize, rowCount - row));
        }
    }

    public void RunOne() => Run(_rows, row: 0, rowCount: 1);

    public void Dispose()
    {
        _batches.Dispose();
        _rows.Dispose();
    }

    private void Run(InferenceSession session, int row, int rowCount)
    {
        using var runOptions = new RunOptions();
        using var input = Value(_features.AsMemory(row * _featureCount, rowCount * _featureCount), [rowCount, _featureCount]);
        using var labels = Value(_labels.AsMemory(0, rowCount), [rowCount]);
        using var scores = Value(_scores.AsMemory(0, rowCount * _classCount), [rowCount, _classCount]);
        session.Run(runOptions, session.InputNames, [input], session.OutputNames, [labels, scores]);
    }

    private static OrtValue Value<T>(Memory<T> values, long[] shape)
        where T : unmanaged => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values, shape);
}
