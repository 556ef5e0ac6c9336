using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using MnistML.Tests.Support;

namespace MnistML.Benchmarks.Web;

/// <summary>
/// Loads the web sample: clients that post drawings while a training runs, then bad requests, slow and vanishing clients, and large bodies.
/// </summary>
internal static class WebCommand
{
    private const int PixelCount = 784;
    private const int CorrectionCount = 20;

    /// <summary>Drawings that one client posts, for each second that many clients do.</summary>
    private const int SinglesOfSecond = 10;
    private const double MaxMedianMilliseconds = 50;

    /// <summary>What caches and the garbage collector may take more after the first third.</summary>
    private const long MaxGrownBytes = 96 << 20;

    /// <summary>What the service may answer under load: a prediction, or that a limit was reached.</summary>
    private static readonly HttpStatusCode[] Documented =
        [HttpStatusCode.OK, HttpStatusCode.TooManyRequests, HttpStatusCode.ServiceUnavailable];

    public static Command Create()
    {
        var seconds = new Option<int>("--seconds") { Description = "How long clients post drawings", DefaultValueFactory = _ => 30 };
        var clients = new Option<int>("--clients") { Description = "Clients at once", DefaultValueFactory = _ => 32 };
        var bad = new Option<int>("--bad") { Description = "Number of bad requests", DefaultValueFactory = _ => 10_000 };
        var data = new Option<string?>("--data")
        {
            Description = "Folder of the four MNIST files; else as the service finds them, or digits that the library draws",
            HelpName = "DIR",
        };
        var check = new Option<bool>("--check") { Description = "Fail on speeds too" };
        var command = new Command("web", "Load the web sample with drawings while it trains, and with what strangers may send")
        {
            seconds, clients, bad, data, check,
        };
        command.SetAction((parsed, _) => RunAsync(
            parsed.GetValue(seconds), parsed.GetValue(clients), parsed.GetValue(bad), parsed.GetValue(data), parsed.GetValue(check)));
        return command;
    }

    private static async Task<int> RunAsync(int seconds, int clients, int bad, string? data, bool checks)
    {
        var verdict = new Verdict(checks);
        using var folder = new TemporaryFolder();
        using var service = await ServiceProcess.StartAsync(folder.Path, data);
        await PostSinglyAsync(service, seconds * SinglesOfSecond, verdict);
        var kept = await KeepCorrectionsAsync(service);
        await PostAtOnceAsync(service, seconds, clients, verdict);
        await SendBadRequestsAsync(service, bad, verdict);
        await SendSlowlyAsync(service, verdict);
        await SendLargeAsync(service, verdict);
        var left = await service.Client.GetFromJsonAsync<JsonElement>("api/corrections");
        verdict.Expect(
            left.EnumerateArray().Select(correction => correction.GetProperty("id").GetString()).SequenceEqual(kept),
            $"corrections after all that: {left.GetArrayLength()} of {kept.Count}");
        return verdict.ExitCode;
    }

    /// <summary>One drawing after the other, as one user sends them.</summary>
    private static async Task PostSinglyAsync(ServiceProcess service, int count, Verdict verdict)
    {
        var times = new List<double>();
        for (var i = 0; i < count; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var answer = await PostAsync(service, Drawings.All[i % Drawings.All.Count]);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        var median = Statistics.Median(times);
        verdict.ExpectSpeed(
            median < MaxMedianMilliseconds,
            FormattableString.Invariant($"one client, {count} drawings: median {median:F1} ms, p99 {Quantile(times, 0.99):F1} ms"));
    }

    private static async Task<List<string?>> KeepCorrectionsAsync(ServiceProcess service)
    {
        var kept = new List<string?>();
        for (var i = 0; i < CorrectionCount; i++)
        {
            var correction = new { pixels = new byte[PixelCount], label = i % 10 };
            using var answer = await service.Client.PostAsJsonAsync("api/corrections", correction);
            kept.Add((await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString());
        }

        return kept;
    }

    private static async Task PostAtOnceAsync(ServiceProcess service, int seconds, int clients, Verdict verdict)
    {
        using var started = await service.Client.PostAsJsonAsync("api/training", new { recipe = "Accurate", epochs = 200 });
        started.EnsureSuccessStatusCode();
        while (await TrainingStateAsync(service) == "Preparing")
        {
            await Task.Delay(TimeSpan.FromSeconds(0.1));
        }

        var (times, statuses) = (new ConcurrentBag<double>(), new ConcurrentBag<HttpStatusCode>());
        var watch = Stopwatch.StartNew();
        var length = TimeSpan.FromSeconds(seconds);
        var posting = Enumerable.Range(0, clients).Select(client => Task.Run(async () =>
        {
            for (var i = client; watch.Elapsed < length; i++)
            {
                var began = Stopwatch.GetTimestamp();
                using var answer = await PostAsync(service, Drawings.All[i % Drawings.All.Count]);
                statuses.Add(answer.StatusCode);
                if (answer.IsSuccessStatusCode)
                {
                    times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }
            }
        })).ToArray();
        await Task.Delay(length / 3);
        var before = service.MemoryBytes;
        await Task.WhenAll(posting);
        var after = service.MemoryBytes;
        var training = await TrainingStateAsync(service);
        using var stopped = await service.Client.PostAsync("api/training/stop?keep=false", content: null);
        var byStatus = Describe(statuses.CountBy(code => (int)code));
        verdict.Expect(
            statuses.All(Documented.Contains) && !times.IsEmpty,
            $"{clients} clients for {seconds} s while a training runs: {byStatus}");
        verdict.Expect(training == "Training", $"the training meanwhile: {training}");
        verdict.Expect(
            after < before + MaxGrownBytes,
            FormattableString.Invariant($"anonymous memory after a third {before / 1e6:F0} MB, at the end {after / 1e6:F0} MB"));
        Console.WriteLine(FormattableString.Invariant(
            $"        {times.Count / watch.Elapsed.TotalSeconds:F0} drawings a second, median {Statistics.Median(times):F0} ms, ")
            + FormattableString.Invariant($"p99 {Quantile(times, 0.99):F0} ms"));
    }

    private static async Task<string?> TrainingStateAsync(ServiceProcess service)
    {
        var status = await service.Client.GetFromJsonAsync<JsonElement>("api/status");
        return status.GetProperty("training").GetProperty("state").GetString();
    }

    /// <summary>Each bad request gets a clear answer of its own.</summary>
    private static async Task SendBadRequestsAsync(ServiceProcess service, int count, Verdict verdict)
    {
        var random = new Random(1);
        var (unclear, statuses) = (new List<string>(), new Dictionary<int, int>());
        for (var i = 0; i < count; i++)
        {
            var seed = random.Next();
            using var example = BadRequest.Create(new Random(seed));
            var (method, path) = (example.Method, example.RequestUri);
            using var answer = await SendPatientlyAsync(() => service.Client.SendAsync(BadRequest.Create(new Random(seed))));
            var status = (int)answer.StatusCode;
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            var text = await answer.Content.ReadAsStringAsync();
            if (status is < 400 or >= 500 || !text.Contains("\"title\"", StringComparison.Ordinal))
            {
                unclear.Add($"{method} {path}: {status} {text[..Math.Min(text.Length, 200)]}");
            }
        }

        verdict.Expect(
            unclear.Count == 0,
            $"{count} bad requests: {Describe(statuses)}, unclear: {unclear.Count} {unclear.FirstOrDefault()}");
    }

    /// <summary>Clients that send a part and then nothing, and clients that go: nobody else waits for them.</summary>
    private static async Task SendSlowlyAsync(ServiceProcess service, Verdict verdict)
    {
        const int Count = 50;
        var slow = new List<TcpClient>();
        var address = service.Client.BaseAddress!;
        for (var i = 0; i < Count; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(address.Host, address.Port);
            await client.GetStream().WriteAsync(
                Encoding.ASCII.GetBytes($"POST /api/predict HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: 1000\r\n\r\nabc"));
            slow.Add(client);
        }

        slow.Take(Count / 2).ToList().ForEach(client => client.Close());
        using var answer = await SendPatientlyAsync(() => PostAsync(service, Drawings.All[0]));
        verdict.Expect(
            answer.IsSuccessStatusCode, $"a drawing beside {Count} clients that are slow or have gone: {(int)answer.StatusCode}");
        slow.ForEach(client => client.Dispose());
    }

    private static async Task SendLargeAsync(ServiceProcess service, Verdict verdict)
    {
        using var upload = await PostAsync(service, new byte[100_000_000]);
        var text = await upload.Content.ReadAsStringAsync();
        verdict.Expect(
            upload.StatusCode == HttpStatusCode.RequestEntityTooLarge && text.Contains("UploadBytes", StringComparison.Ordinal),
            $"a body of 100 MB: {(int)upload.StatusCode} {text}");
        var before = service.MemoryBytes;
        using var bomb = await PostAsync(service, PngBomb.Create(side: 30_000));
        text = await bomb.Content.ReadAsStringAsync();
        verdict.Expect(
            bomb.StatusCode == HttpStatusCode.UnprocessableEntity,
            $"a PNG that unpacks to 30,000 × 30,000 pixels: {(int)bomb.StatusCode} {text}"
            + FormattableString.Invariant($", {(service.MemoryBytes - before) / 1e6:F0} MB more"));
    }

    /// <summary>Sends anew, as long as too much was sent lately (429), when the answer says.</summary>
    private static async Task<HttpResponseMessage> SendPatientlyAsync(Func<Task<HttpResponseMessage>> send)
    {
        while (true)
        {
            var answer = await send();
            if (answer.StatusCode != HttpStatusCode.TooManyRequests)
            {
                return answer;
            }

            var pause = answer.Headers.RetryAfter!.Delta!.Value;
            answer.Dispose();
            await Task.Delay(pause);
        }
    }

    private static async Task<HttpResponseMessage> PostAsync(ServiceProcess service, byte[] picture)
    {
        using var content = new ByteArrayContent(picture);
        content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("image/png");
        return await service.Client.PostAsync("api/predict", content);
    }

    private static string Describe(IEnumerable<KeyValuePair<int, int>> counts) =>
        string.Join(", ", counts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} × {pair.Key}"));

    private static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(int)(share * (sorted.Length - 1))];
    }
}
