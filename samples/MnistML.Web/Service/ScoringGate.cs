using System.Threading.RateLimiting;

namespace MnistML.Web.Service;

/// <summary>
/// Lets so many requests at once read pictures as there are cores. Others wait, up to a limit. A request enters with its whole body, so
/// that a slow client keeps nobody waiting.
/// </summary>
internal sealed class ScoringGate(Limits limits) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(new ConcurrencyLimiterOptions
    {
        PermitLimit = limits.ScoringAtOnce,
        QueueLimit = limits.ScoringQueue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Does some work when its turn has come.</summary>
    /// <param name="work">The work.</param>
    /// <param name="metrics">Counts who is refused.</param>
    /// <param name="cancellationToken">Ends the waiting when the client has gone.</param>
    public async Task<IResult> RunAsync(Func<IResult> work, ServiceMetrics metrics, CancellationToken cancellationToken)
    {
        using var lease = await _limiter.AcquireAsync(permitCount: 1, cancellationToken);
        if (!lease.IsAcquired)
        {
            metrics.CountRefusal();
            return Problems.TooManyWaiting(limits);
        }

        cancellationToken.ThrowIfCancellationRequested();
        return await Task.Run(work, cancellationToken);
    }

    public void Dispose() => _limiter.Dispose();
}
