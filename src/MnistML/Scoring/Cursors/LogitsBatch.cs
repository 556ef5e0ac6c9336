using System.Runtime.ExceptionServices;

namespace MnistML.Scoring.Cursors;

/// <summary>Rows that a cursor reads together and that one thread scores together. It owns the buffers of features and logits.</summary>
/// <param name="scorer">The buffers, and what scores them.</param>
/// <param name="firstRow">See <see cref="FirstRow"/>.</param>
internal sealed class LogitsBatch(OnnxScorer scorer, int firstRow) : IDisposable
{
    /// <summary>Not disposed of, since the thread that sets it may not yet be done with it; it holds no handle as long as nobody asks for one.</summary>
    private readonly ManualResetEventSlim _isScored = new(initialState: true);
    private ExceptionDispatchInfo? _failure;

    /// <summary>Where its rows begin in what the cursor holds.</summary>
    public int FirstRow => firstRow;

    public int Capacity => scorer.Capacity;

    public int RowCount { get; set; }

    /// <summary>Whether nobody has still to score it.</summary>
    public bool IsScored => _isScored.IsSet;

    public Span<float> FeaturesOf(int row) => scorer.FeaturesOf(row);

    public ReadOnlySpan<float> LogitsOf(int row) => scorer.LogitsOf(row);

    /// <summary>Its rows are to be scored.</summary>
    public void Begin()
    {
        _failure = null;
        _isScored.Reset();
    }

    /// <summary>Scores the rows; an error is kept for who waits for them.</summary>
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

    /// <summary>Waits for the thread that scores it.</summary>
    public void Wait() => _isScored.Wait();

    /// <exception cref="ObjectDisposedException">The model was disposed.</exception>
    public void ThrowIfFailed() => _failure?.Throw();

    public void Dispose() => scorer.Dispose();
}
