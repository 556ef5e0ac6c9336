using Microsoft.ML.OnnxRuntime;

namespace MnistML.Scoring;

/// <summary>
/// An inference session of ONNX Runtime, opened at its first use and shared by any number of threads. Each user rents it, so that disposing
/// never frees it during a run: the memory is freed with the last return. A later use opens the session again, and from then on it is freed
/// whenever nothing uses it, so that an owner that was disposed once holds no memory.
/// </summary>
/// <param name="model">The bytes of an ONNX model.</param>
internal sealed class OnnxSession(byte[] model) : IDisposable
{
    private readonly Lock _lock = new();
    private InferenceSession? _session;
    private int _rentals;
    private bool _isDisposed;

    /// <summary>Whether ONNX Runtime holds memory for the session.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return _session is not null;
            }
        }
    }

    /// <summary>Rents the session; <see cref="Return"/> must follow.</summary>
    public InferenceSession Rent()
    {
        lock (_lock)
        {
            _session ??= Open();
            _rentals++;
            return _session;
        }
    }

    /// <summary>Ends a rental.</summary>
    public void Return()
    {
        lock (_lock)
        {
            _rentals--;
            FreeIfUnused();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            FreeIfUnused();
        }
    }

    private InferenceSession Open()
    {
        OnnxRuntimeLibrary.EnsureLoaded();

        // Each run uses the calling thread only: whole batches are distributed over threads, and a single row is too little work to split.
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        return new InferenceSession(model, options);
    }

    private void FreeIfUnused()
    {
        if (_isDisposed && _rentals == 0)
        {
            _session?.Dispose();
            _session = null;
        }
    }
}
