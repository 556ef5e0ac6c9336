using System.Runtime.ExceptionServices;

namespace MnistML.Scoring.Cursors;

/// <summary>Rows that a cursor reads together and that one thread scores together. It owns the buffers of inputs and logits.</summary>
/// <param name="scorer">Holds the buffers and scores them.</param>
/// <param name="firstRow">See <see cref="FirstRow"/>.</param>
internal sealed class LogitsBatch(OnnxScorer scorer, int firstRow) : IDisposable
{
    /// <summary>Never disposed: the thread that sets it may still use it, and it holds no handle unless one is requested.</summary>
    private readonly ManualResetEventSlim _isScored = new(initialState: true);
    private ExceptionDispatchInfo? _failure;

    /// <summary>Index of its first row in the buffers of the cursor.</summary>
    public int FirstRow => firstRow;

    public int Capacity => scorer.Capacity;

    public int RowCount { get; set; }

    /// <summary>Whether scoring has finished.</summary>
    public bool IsScored => _isScored.IsSet;

    public Span<float> InputsOf(int row) => scorer.InputsOf(row);

    public ReadOnlySpan<float> LogitsOf(int row) => scorer.LogitsOf(row);

    /// <summary>Marks its rows as not scored.</summary>
    public void Begin()
    {
        _failure = null;
        _isScored.Reset();
    }

    /// <summary>Scores the rows; an error is kept for <see cref="ThrowIfFailed"/>.</summary>
    public void Score()
    {
        try
        {
            scorer.Run(RowCount);
        }
        catch (Exception error)
        {
            _failure = ExceptionDispatchInfo.Capture(error);
        }

        _isScored.Set();
    }

    /// <summary>Waits until scoring has finished.</summary>
    public void Wait() => _isScored.Wait();

    /// <summary>Throws what scoring threw.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    public void Dispose() => scorer.Dispose();
}
