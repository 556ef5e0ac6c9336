using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;
using Polly.Timeout;
using static System.FormattableString;

namespace MnistML.Datasets.Download;

/// <summary>
/// Fetches a file from one address into a partial file, from where that one ends. What may pass (a broken or stalled connection, a server
/// that is busy) is tried again; all other errors are thrown at once, so that the next mirror is tried.
/// </summary>
internal sealed class MirrorClient
{
    private const int BufferByteCount = 1 << 16;

    private readonly HttpClient _client;
    private readonly DownloadSettings _settings;
    private readonly ResiliencePipeline<HttpResponseMessage> _asking;
    private readonly ResiliencePipeline _fetching;

    public MirrorClient(HttpClient client, DownloadSettings settings)
    {
        _client = client;
        _settings = settings;
        _asking = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddRetry(new HttpRetryStrategyOptions
            {
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is null && HttpClientResiliencePredicates.IsTransient(arguments.Outcome)),
                MaxRetryAttempts = settings.RetryCount,
                Delay = settings.RetryDelay,
                ShouldRetryAfterHeader = false,
            })
            .AddTimeout(new HttpTimeoutStrategyOptions { Timeout = settings.AnswerTimeout })
            .Build();
        _fetching = new ResiliencePipelineBuilder()
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<BrokenTransferException>(),
                MaxRetryAttempts = settings.RetryCount,
                Delay = settings.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            })
            .Build();
    }

    /// <summary>Fetches what is missing of a file.</summary>
    /// <param name="address">Where the file is.</param>
    /// <param name="partPath">The partial file, which is created if it does not exist. It is kept if the transfer breaks off.</param>
    /// <param name="maxBytes">The size limit; a server that sends more does not send this file.</param>
    /// <param name="report">Receives the number of bytes so far, and the total if the server states it.</param>
    /// <param name="cancellationToken">Ends the transfer; the partial file is kept.</param>
    /// <exception cref="HttpRequestException">The server can't be reached, refuses, or breaks off again and again.</exception>
    /// <exception cref="InvalidDataException">The server sends too much.</exception>
    /// <exception cref="IOException">The partial file can't be written.</exception>
    public async Task FetchAsync(
        Uri address, string partPath, long maxBytes, Action<long, long?> report, CancellationToken cancellationToken)
    {
        try
        {
            await _fetching.ExecuteAsync(
                async token => await FetchOnceAsync(address, partPath, maxBytes, report, token).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
        }
        catch (TimeoutRejectedException exception)
        {
            throw new HttpRequestException(
                Invariant($"gave no answer within {_settings.AnswerTimeout.TotalSeconds:0.#} seconds"), exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The time-out of a client that the caller passed.
            throw new HttpRequestException("gave no answer within the HTTP client's time-out", exception);
        }
    }

    private async Task FetchOnceAsync(
        Uri address, string partPath, long maxBytes, Action<long, long?> report, CancellationToken cancellationToken)
    {
        var part = new FileStream(partPath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
        await using (part.ConfigureAwait(false))
        {
            report(part.Length, null);
            using var response = await AskAsync(address, part, cancellationToken).ConfigureAwait(false);
            var total = response.Content.Headers.ContentLength + part.Position;
            report(part.Position, total);
            var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                var buffer = new byte[BufferByteCount];
                while (await ReadAsync(body, buffer, part.Position, cancellationToken).ConfigureAwait(false) is var count and > 0)
                {
                    if (part.Position + count > maxBytes)
                    {
                        throw new InvalidDataException($"sends more than {maxBytes} bytes");
                    }

                    await part.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                    report(part.Position, total);
                }
            }
        }
    }

    /// <summary>Requests the missing bytes, and sets the partial file's position to the start of the response.</summary>
    private async Task<HttpResponseMessage> AskAsync(Uri address, FileStream part, CancellationToken cancellationToken)
    {
        part.Position = part.Length;
        var response = await SendAsync(address, part.Length, cancellationToken).ConfigureAwait(false);
        var isRest = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == part.Length;
        if (part.Length > 0 && !isRest)
        {
            part.SetLength(0);
            if (response.StatusCode is HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                response.Dispose();
                response = await SendAsync(address, 0, cancellationToken).ConfigureAwait(false);
            }
        }

        if (response.StatusCode == HttpStatusCode.OK || isRest)
        {
            return response;
        }

        using (response)
        {
            throw new HttpRequestException(
                $"answers {(int)response.StatusCode} ({response.ReasonPhrase})", inner: null, response.StatusCode);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri address, long offset, CancellationToken cancellationToken) =>
        await _asking.ExecuteAsync(
            async token =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                if (offset > 0)
                {
                    request.Headers.Range = new RangeHeaderValue(offset, null);
                }

                return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);

    private async Task<int> ReadAsync(Stream body, byte[] buffer, long received, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_settings.StallTimeout);
        try
        {
            return await body.ReadAsync(buffer, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BrokenTransferException(
                Invariant($"sent nothing for {_settings.StallTimeout.TotalSeconds:0.#} seconds after {received} bytes"), exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new BrokenTransferException($"broke off after {received} bytes", exception);
        }
    }

    /// <summary>A transfer that began and did not end; the next try resumes it.</summary>
    private sealed class BrokenTransferException(string message, Exception inner) : HttpRequestException(message, inner);
}
