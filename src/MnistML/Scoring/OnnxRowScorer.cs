using Microsoft.ML.OnnxRuntime;

namespace MnistML.Scoring;

/// <summary>
/// Runs a model over one row at a time, in buffers that are bound to the session once, so that a row leaves no garbage. It owns
/// the buffers and the binding, not the session, and belongs to one thread.
/// </summary>
internal sealed class OnnxRowScorer : IDisposable
{
    private readonly InferenceSession _session;
    private readonly float[] _features;
    private readonly float[] _logits;
    private readonly OrtValue _input;
    private readonly OrtValue _output;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _runOptions = new();

    public OnnxRowScorer(InferenceSession session, int featureCount, int classCount)
    {
        _session = session;
        _features = new float[featureCount];
        _logits = new float[classCount];
        _input = OrtValue.CreateTensorValueFromMemory(_features, [1, featureCount]);
        _output = OrtValue.CreateTensorValueFromMemory(_logits, [classCount]);
        _binding = session.CreateIoBinding();
        _binding.BindInput(session.InputNames[0], _input);
        _binding.BindOutput(session.OutputNames[0], _output);
    }

    /// <summary>The row to be scored, to be filled before <see cref="Run"/>.</summary>
    public Span<float> Features => _features;

    /// <summary>What the last <see cref="Run"/> gave.</summary>
    public ReadOnlySpan<float> Logits => _logits;

    public void Run() => _session.RunWithBinding(_runOptions, _binding);

    public void Dispose()
    {
        _binding.Dispose();
        _output.Dispose();
        _input.Dispose();
        _runOptions.Dispose();
    }
}
