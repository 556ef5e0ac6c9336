using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MnistML.Tests.Support;

/// <summary>The sample MnistML.Web, run as a process of its own, without network.</summary>
internal sealed partial class WebService : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _error = new();

    private WebService(Process process) => _process = process;

    public Uri Address { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>What the service wrote until it said where its page is.</summary>
    public string Greeting { get; private set; } = "";

    /// <summary>Starts the service and waits until it listens.</summary>
    /// <param name="folder">A test's folder; the state is in it.</param>
    /// <param name="arguments">More arguments.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    public static WebService Start(string folder, string[] arguments, params (string Name, string? Value)[] environment)
    {
        var work = Directory.CreateDirectory(Path.Combine(folder, "work")).FullName;
        var process = Host.Start("MnistML.Web", work, ["--state", StateOf(folder), .. arguments], environment);
        var service = new WebService(process);
        process.ErrorDataReceived += (_, line) => service.Remember(line.Data);
        process.BeginErrorReadLine();
        service.ReadAddress();
        return service;
    }

    /// <summary>The folder of a service's state.</summary>
    public static string StateOf(string folder) => Path.Combine(folder, "state");

    /// <summary>Starts the service and waits until it has a model.</summary>
    /// <inheritdoc cref="Start"/>
    public static async Task<WebService> StartReadyAsync(
        string folder, string[] arguments, params (string Name, string? Value)[] environment)
    {
        var service = Start(folder, arguments, environment);
        await service.WaitForAsync("health/ready", answer => answer.StatusCode == HttpStatusCode.OK);
        return service;
    }

    /// <summary>Asks again and again, until the answer is as it should be.</summary>
    public async Task WaitForAsync(string path, Func<HttpResponseMessage, bool> isThere)
    {
        for (var watch = Stopwatch.StartNew(); ; await Task.Delay(TimeSpan.FromMilliseconds(50)))
        {
            using var answer = await Client.GetAsync(path);
            if (isThere(answer))
            {
                return;
            }

            if (_process.HasExited || watch.Elapsed > Host.Patience)
            {
                throw new TimeoutException($"{path} is not as it should be: {await answer.Content.ReadAsStringAsync()} {_error}");
            }
        }
    }

    public async Task<JsonElement> GetAsync(string path) => await Client.GetFromJsonAsync<JsonElement>(path);

    public async Task<WebAnswer> PostAsync(string path, object value) => await WebAnswer.OfAsync(await Client.PostAsJsonAsync(path, value));

    public async Task<WebAnswer> PostAsync(string path, byte[] body, string type = "image/png")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return await WebAnswer.OfAsync(await Client.PostAsync(path, content));
    }

    /// <summary>The state of the training under way or of the last one.</summary>
    public async Task<string?> TrainingStateAsync() =>
        (await GetAsync("api/status")).GetProperty("training") is { ValueKind: JsonValueKind.Object } job
            ? job.GetProperty("state").GetString()
            : null;

    /// <summary>Waits until no training is under way.</summary>
    public async Task WaitForTrainingAsync()
    {
        for (var watch = Stopwatch.StartNew(); await TrainingStateAsync() is "Preparing" or "Training" or "Evaluating";)
        {
            Assert.That(watch.Elapsed, Is.LessThan(Host.Patience));
            await Task.Delay(TimeSpan.FromMilliseconds(50));
        }
    }

    /// <summary>Ends it at once, as a power cut does: the process can do nothing about it.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Client?.Dispose();
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void ReadAddress()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            Greeting += $"{line}\n";
            if (Listening().Match(line) is { Success: true } match)
            {
                Address = new Uri(match.Groups["address"].Value);
                Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = Host.Patience };
                _ = Task.Run(ReadRestAsync);
                return;
            }
        }

        throw new InvalidOperationException($"The service ended: {Greeting}{_error}");
    }

    /// <summary>So that the process is not held up by what nobody reads.</summary>
    private async Task ReadRestAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            Remember(line);
        }
    }

    private void Remember(string? line)
    {
        lock (_error)
        {
            _error.AppendLine(line);
        }
    }

    [GeneratedRegex(@"The page is at (?<address>http://[0-9.:\[\]]+/)")]
    private static partial Regex Listening();
}

/// <summary>An answer with its body.</summary>
internal sealed record WebAnswer(HttpStatusCode Status, string Text, HttpResponseHeaders Headers)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    /// <summary>What a problem says, its title and its detail.</summary>
    public string Problem => $"{Json.GetProperty("title")}: {Json.GetProperty("detail")}";

    public static async Task<WebAnswer> OfAsync(HttpResponseMessage message)
    {
        using (message)
        {
            return new WebAnswer(message.StatusCode, await message.Content.ReadAsStringAsync(), message.Headers);
        }
    }
}
