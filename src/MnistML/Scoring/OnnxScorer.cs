using Microsoft.ML.OnnxRuntime;

namespace MnistML.Scoring;

/// <summary>
/// Runs a network over rows in its own buffers, which are bound to the session once, so that scoring a row allocates nothing. It rents the
/// session and owns the buffers. Only one thread may use it at a time.
/// </summary>
internal sealed class OnnxScorer : IDisposable
{
    private readonly OnnxSession _owner;
    private readonly InferenceSession _session;
    private readonly int _featureCount;
    private readonly int _outputCount;
    private readonly float[] _features;
    private readonly float[] _logits;
    private readonly RunOptions _runOptions;
    private readonly OrtIoBinding _binding;
    private OrtValue? _input;
    private OrtValue? _output;
    private int _boundRowCount;
    private bool _isDisposed;

    /// <param name="session">A model with one input, <c>[rows, features]</c>, and one output, <c>[rows, outputs]</c>.</param>
    /// <param name="featureCount">Number of features of a row.</param>
    /// <param name="outputCount">Number of outputs.</param>
    /// <param name="capacity">Maximum number of rows of a run.</param>
    public OnnxScorer(OnnxSession session, int featureCount, int outputCount, int capacity)
    {
        _owner = session;
        _featureCount = featureCount;
        _outputCount = outputCount;
        Capacity = capacity;
        _features = new float[checked(capacity * featureCount)];
        _logits = new float[checked(capacity * outputCount)];
        _runOptions = new RunOptions();
        _session = session.Rent();
        try
        {
            _binding = _session.CreateIoBinding();
        }
        catch
        {
            _runOptions.Dispose();
            session.Return();
            throw;
        }
    }

    public int Capacity { get; }

    /// <summary>The features of a row; fill them before <see cref="Run"/>.</summary>
    public Span<float> FeaturesOf(int row) => _features.AsSpan(row * _featureCount, _featureCount);

    /// <summary>The logits that the last <see cref="Run"/> computed for a row.</summary>
    public ReadOnlySpan<float> LogitsOf(int row) => _logits.AsSpan(row * _outputCount, _outputCount);

    /// <summary>Scores the first rows.</summary>
    /// <exception cref="ObjectDisposedException">The cursor or prediction engine that reads was disposed.</exception>
    public void Run(int rowCount)
    {
        if (_isDisposed)
        {
            throw new ObjectDisposedException(
                nameof(MlpTransformer), "The cursor or prediction engine was disposed. Create another one; the model can still be used.");
        }

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
        _input = Wrap(_features, rowCount, _featureCount);
        _output = Wrap(_logits, rowCount, _outputCount);
        _binding.BindInput(_session.InputNames[0], _input);
        _binding.BindOutput(_session.OutputNames[0], _output);
        _boundRowCount = rowCount;
    }

    private static OrtValue Wrap(float[] buffer, int rowCount, int columnCount) =>
        OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, buffer.AsMemory(0, rowCount * columnCount), [rowCount, columnCount]);
}
