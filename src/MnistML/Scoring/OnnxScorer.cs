using Microsoft.ML.OnnxRuntime;

namespace MnistML.Scoring;

/// <summary>
/// Runs a network over rows in buffers of its own, which are bound to the session once, so that no row leaves garbage. It rents the session and owns the buffers,
/// and belongs to one thread at a time.
/// </summary>
internal sealed class OnnxScorer : IDisposable
{
    private readonly OnnxSession _owner;
    private readonly InferenceSession _session;
    private readonly int _featureCount;
    private readonly int _classCount;
    private readonly float[] _features;
    private readonly float[] _logits;
    private readonly RunOptions _runOptions = new();
    private readonly OrtIoBinding _binding;
    private OrtValue? _input;
    private OrtValue? _output;
    private int _boundRowCount;
    private bool _isDisposed;

    /// <param name="session">A model of one input, <c>[rows, features]</c>, and one output, <c>[rows, classes]</c>.</param>
    /// <param name="featureCount">Features of a row.</param>
    /// <param name="classCount">Classes.</param>
    /// <param name="capacity">The most rows of a run.</param>
    public OnnxScorer(OnnxSession session, int featureCount, int classCount, int capacity)
    {
        _owner = session;
        _featureCount = featureCount;
        _classCount = classCount;
        Capacity = capacity;
        _features = new float[checked(capacity * featureCount)];
        _logits = new float[checked(capacity * classCount)];
        _session = session.Rent();
        _binding = _session.CreateIoBinding();
    }

    public int Capacity { get; }

    /// <summary>The features of a row, to be filled before <see cref="Run"/>.</summary>
    public Span<float> FeaturesOf(int row) => _features.AsSpan(row * _featureCount, _featureCount);

    /// <summary>What the last <see cref="Run"/> gave for a row.</summary>
    public ReadOnlySpan<float> LogitsOf(int row) => _logits.AsSpan(row * _classCount, _classCount);

    /// <summary>Scores the first rows.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public void Run(int rowCount)
    {
        _owner.ThrowIfDisposed();
        if (rowCount != _boundRowCount)
        {
            Bind(rowCount);
        }

        _session.RunWithBinding(_runOptions, _binding);
    }

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _binding.Dispose();
        _output?.Dispose();
        _input?.Dispose();
        _runOptions.Dispose();
        _owner.Return();
    }

    private void Bind(int rowCount)
    {
        _output?.Dispose();
        _input?.Dispose();
        _input = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _features.AsMemory(0, rowCount * _featureCount), [rowCount, _featureCount]);
        _output = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, _logits.AsMemory(0, rowCount * _classCount), [rowCount, _classCount]);
        _binding.BindInput(_session.InputNames[0], _input);
        _binding.BindOutput(_session.OutputNames[0], _output);
        _boundRowCount = rowCount;
    }
}
