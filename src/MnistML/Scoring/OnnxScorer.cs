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
    private readonly int _inputCount;
    private readonly int _outputCount;
    private readonly float[] _inputs;
    private readonly float[] _logits;
    private readonly RunOptions _runOptions;
    private readonly OrtIoBinding _binding;
    private OrtValue? _input;
    private OrtValue? _output;
    private int _boundRowCount;
    private bool _isDisposed;

    /// <param name="session">A model with one input, <c>[rows, inputs]</c>, and one output, <c>[rows, outputs]</c>.</param>
    /// <param name="inputCount">Number of inputs of a row.</param>
    /// <param name="outputCount">Number of outputs.</param>
    /// <param name="capacity">Maximum number of rows of a run.</param>
    public OnnxScorer(OnnxSession session, int inputCount, int outputCount, int capacity)
    {
        _owner = session;
        _inputCount = inputCount;
        _outputCount = outputCount;
        Capacity = capacity;
        _inputs = new float[checked(capacity * inputCount)];
        _logits = new float[checked(capacity * outputCount)];
        OnnxRuntimeLibrary.EnsureLoaded();
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

    /// <summary>The inputs of a row; fill them before <see cref="Run"/>.</summary>
    public Span<float> InputsOf(int row) => _inputs.AsSpan(row * _inputCount, _inputCount);

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
        MlpMetrics.RecordScoring(rowCount);
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
        _input = Wrap(_inputs, rowCount, _inputCount);
        _output = Wrap(_logits, rowCount, _outputCount);
        _binding.BindInput(_session.InputNames[0], _input);
        _binding.BindOutput(_session.OutputNames[0], _output);
        _boundRowCount = rowCount;
    }

    private static OrtValue Wrap(float[] buffer, int rowCount, int columnCount) =>
        OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, buffer.AsMemory(0, rowCount * columnCount), [rowCount, columnCount]);
}
