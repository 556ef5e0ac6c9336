using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MnistML.Tests.Support;

/// <summary>A request that a <see cref="LoopbackServer"/> got.</summary>
/// <param name="Path">What was asked for, without the first slash.</param>
/// <param name="RangeStart">The first byte that was asked for, if a range was.</param>
internal sealed record LoopbackRequest(string Path, long? RangeStart);

/// <summary>
/// A real HTTP server on loopback whose answers are written byte by byte, so that it can misbehave like any server.
/// </summary>
internal sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<LoopbackRequest> _requests = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Func<LoopbackRequest, LoopbackAnswer, Task> _answer;

    public LoopbackServer(Func<LoopbackRequest, LoopbackAnswer, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public IReadOnlyList<LoopbackRequest> Requests => [.. _requests];

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                _ = ServeAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
                var request = await ReadAsync(reader);
                _requests.Enqueue(request);
                await _answer(request, new LoopbackAnswer(stream, _end.Token));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
            {
                // The client closed the connection, or the test has ended.
            }
        }
    }

    private static async Task<LoopbackRequest> ReadAsync(StreamReader reader)
    {
        var path = (await reader.ReadLineAsync())!.Split(' ')[1].TrimStart('/');
        long? rangeStart = null;
        while (await reader.ReadLineAsync() is { Length: > 0 } header)
        {
            const string Range = "Range: bytes=";
            if (header.StartsWith(Range, StringComparison.OrdinalIgnoreCase))
            {
                rangeStart = long.Parse(header[Range.Length..].Split('-')[0], CultureInfo.InvariantCulture);
            }
        }

        return new LoopbackRequest(path, rangeStart);
    }
}

/// <summary>Sends raw bytes and closes the connection.</summary>
internal sealed class LoopbackAnswer(NetworkStream stream, CancellationToken end)
{
    /// <summary>A whole file, or its rest if a range was asked for.</summary>
    public async Task FileAsync(LoopbackRequest request, byte[] content)
    {
        if (request.RangeStart is { } start)
        {
            await RestAsync(start, content);
            return;
        }

        await HeadAsync(200, content.Length);
        await BytesAsync(content);
    }

    public async Task RestAsync(long start, byte[] content)
    {
        await HeadAsync(206, content.Length - start, $"Content-Range: bytes {start}-{content.Length - 1}/{content.Length}\r\n");
        await BytesAsync(content[(int)start..]);
    }

    public Task StatusAsync(int status) => HeadAsync(status, 0);

    public async Task HeadAsync(int status, long? length, string more = "") => await BytesAsync(Encoding.ASCII.GetBytes(
        $"HTTP/1.1 {status} Text\r\n{(length is null ? "" : $"Content-Length: {length}\r\n")}Connection: close\r\n{more}\r\n"));

    public async Task BytesAsync(byte[] bytes)
    {
        await stream.WriteAsync(bytes, end);
        await stream.FlushAsync(end);
    }

    /// <summary>Says nothing more until the test ends.</summary>
    public Task SilenceAsync() => Task.Delay(Timeout.Infinite, end);
}
