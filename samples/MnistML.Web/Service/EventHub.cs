using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace MnistML.Web.Service;

/// <summary>
/// Sends what happens to all pages that listen, as server-sent events. Each page has a short queue of its own. A page that reads too slowly
/// misses old events; each event has the whole state of what it is about, so that the next one makes up for it.
/// </summary>
internal sealed class EventHub(Limits limits)
{
    private const int QueueLength = 32;

    /// <summary>A connection that nothing is sent through is not known to be dead.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly Lock _lock = new();
    private readonly List<Channel<SseItem<string>>> _listeners = [];

    public void Publish(string name, object? data = null)
    {
        var item = new SseItem<string>(data is null ? "{}" : JsonSerializer.Serialize(data, Json), name);
        lock (_lock)
        {
            foreach (var listener in _listeners)
            {
                listener.Writer.TryWrite(item);
            }
        }
    }

    /// <summary>Begins to listen.</summary>
    /// <returns>Null if as many listen as may.</returns>
    public IAsyncEnumerable<SseItem<string>>? TryListen(CancellationToken cancellationToken)
    {
        var channel = Channel.CreateBounded<SseItem<string>>(
            new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_lock)
        {
            if (_listeners.Count >= limits.EventStreams)
            {
                return null;
            }

            _listeners.Add(channel);
        }

        // However the request ends, even before its first event was sent.
        cancellationToken.Register(() => Remove(channel));
        return ReadAsync(channel.Reader, cancellationToken);
    }

    private void Remove(Channel<SseItem<string>> channel)
    {
        lock (_lock)
        {
            _listeners.Remove(channel);
        }
    }

    private static async IAsyncEnumerable<SseItem<string>> ReadAsync(
        ChannelReader<SseItem<string>> reader, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new SseItem<string>("{}", "hello");
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await NextAsync(reader, cancellationToken) is { } item)
            {
                yield return item;
            }
        }
    }

    /// <summary>The next event, or a heartbeat; null when the page has gone or the service ends.</summary>
    private static async Task<SseItem<string>?> NextAsync(ChannelReader<SseItem<string>> reader, CancellationToken cancellationToken)
    {
        using var heartbeat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        heartbeat.CancelAfter(Heartbeat);
        try
        {
            return await reader.ReadAsync(heartbeat.Token);
        }
        catch (OperationCanceledException)
        {
            return cancellationToken.IsCancellationRequested ? null : new SseItem<string>("{}", "heartbeat");
        }
    }
}
