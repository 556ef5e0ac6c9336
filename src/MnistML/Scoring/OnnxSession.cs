using Microsoft.ML.OnnxRuntime;

namespace MnistML.Scoring;

/// <summary>
/// An inference session of ONNX Runtime that is opened when it is first needed and may be run by many threads at once. Whoever runs it rents it for as long as he
/// may run it, so that disposing never takes it away from under a run: it ends what is rented by an error, and the memory is freed with the last return.
/// </summary>
/// <param name="model">The bytes of an ONNX model.</param>
internal sealed class OnnxSession(byte[] model) : IDisposable
{
    private readonly Lock _lock = new();
    private InferenceSession? _session;
    private int _rentals;
    private volatile bool _isDisposed;

    /// <summary>Gives the session, to be returned by <see cref="Return"/>.</summary>
    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public InferenceSession Rent()
    {
        lock (_lock)
        {
            ThrowIfDisposed();
            _session ??= Open();
            _rentals++;
            return _session;
        }
    }

    public void Return()
    {
        lock (_lock)
        {
            _rentals--;
            FreeUnlessUsed();
        }
    }

    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public void ThrowIfDisposed()
    {
        if (_isDisposed)
        {
            throw new ObjectDisposedException(
                nameof(MlpTransformer), "The model was disposed while it was in use: dispose of it only when nothing reads its predictions any more.");
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            FreeUnlessUsed();
        }
    }

    private InferenceSession Open()
    {
        // Each run on the one thread that calls: whole batches are shared out among threads, and a single row is too little work to share.
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        return new InferenceSession(model, options);
    }

    private void FreeUnlessUsed()
    {
        if (_isDisposed && _rentals == 0)
        {
            _session?.Dispose();
            _session = null;
        }
    }
}
