using System.Diagnostics;
using System.Globalization;

namespace MnistML.Benchmarks.Web;

/// <summary>The sample MnistML.Web, which is built beside this program, as a process of its own on a folder of its own.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private const string AddressMark = "The page is at ";
    private const int BytesPerKibibyte = 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Process _process;

    private ServiceProcess(Process process, Uri address)
    {
        _process = process;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = Patience };
    }

    public HttpClient Client { get; }

    /// <summary>Physical memory that is not backed by a file, or all of it where the system does not tell them apart.</summary>
    public long MemoryBytes
    {
        get
        {
            var status = $"/proc/{_process.Id}/status";
            if (!File.Exists(status))
            {
                _process.Refresh();
                return _process.WorkingSet64;
            }

            const string Field = "RssAnon:";
            var line = File.ReadLines(status).First(line => line.StartsWith(Field, StringComparison.Ordinal));
            var kibibytes = line[Field.Length..].Replace("kB", "", StringComparison.Ordinal);
            return BytesPerKibibyte * long.Parse(kibibytes, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Starts it and waits until it has a model.</summary>
    public static async Task<ServiceProcess> StartAsync(string stateFolder, string? dataFolder)
    {
        string[] data = dataFolder is null ? [] : ["--data", dataFolder];
        var start = new ProcessStartInfo("dotnet", [Assembly, "--state", stateFolder, .. data]) { RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(AddressMark, StringComparison.Ordinal))
            {
                var service = new ServiceProcess(process, new Uri(line[AddressMark.Length..].Split(' ')[0]));
                _ = process.StandardOutput.ReadToEndAsync();
                await service.WaitUntilReadyAsync();
                return service;
            }
        }

        throw new InvalidOperationException("The service ended before it listened.");
    }

    public void Dispose()
    {
        Client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < Patience; await Task.Delay(TimeSpan.FromMilliseconds(100)))
        {
            using var answer = await Client.GetAsync("health/ready");
            if (answer.IsSuccessStatusCode)
            {
                return;
            }
        }

        throw new TimeoutException("The service has no model yet.");
    }

    private static string Assembly
    {
        get
        {
            var (here, there) = (Path.Combine("tests", "MnistML.Benchmarks"), Path.Combine("samples", "MnistML.Web"));
            return Path.Combine(AppContext.BaseDirectory.Replace(here, there, StringComparison.Ordinal), "MnistML.Web.dll");
        }
    }
}
