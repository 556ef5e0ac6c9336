using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace MnistML.Trainers;

/// <summary>
/// A token that is cancelled with the user's, or when <c>MLContext.CancelExecution</c> is called, as AutoML does. Only ML.NET's own
/// components are told of that: each throws at its next row. So one of them reads a row now and then while the training runs.
/// </summary>
internal sealed class ContextCancellation : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _source;
    private readonly ManualResetEventSlim _ended = new();
    private readonly Task _watch;

    /// <summary>Begins to watch.</summary>
    /// <param name="mlContext">The context that may be cancelled.</param>
    /// <param name="user">The token that the user passed.</param>
    public ContextCancellation(MLContext mlContext, CancellationToken user)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(user);

        // Made here and not by the watch: components draw from the context's random numbers, and their order must not be a matter of time.
        var beats = mlContext.Data.LoadFromEnumerable(Beats());
        var component = mlContext.Transforms.Conversion.MapValueToKey(nameof(Beat.Value));
        _watch = Task.Factory.StartNew(
            () => Watch(component, beats), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Cancelled when either is.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        _ended.Set();
        _watch.Wait(CancellationToken.None);
        _ended.Dispose();
        _source.Dispose();
    }

    private void Watch(ValueToKeyMappingEstimator component, IDataView beats)
    {
        // Most trainings of small tables have ended before the first beat.
        if (_ended.Wait(Interval, CancellationToken.None))
        {
            return;
        }

        try
        {
            component.Fit(beats);
        }
        catch (OperationCanceledException)
        {
            _source.Cancel();
        }
        catch (Exception)
        {
            // The component also writes to the context's log, on this thread, and a handler of the log may throw. The training goes on.
        }
    }

    private IEnumerable<Beat> Beats()
    {
        do
        {
            yield return new Beat();
        }
        while (!_ended.Wait(Interval, CancellationToken.None));
    }

    private sealed class Beat
    {
        public int Value { get; set; }
    }
}
