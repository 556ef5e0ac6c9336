using System.Diagnostics;
using System.Globalization;

namespace MnistML.Tests.Support;

/// <summary>The processes that a launcher has started: what they have written, and the files in which each tells its results.</summary>
internal sealed class MpiJob : IDisposable
{
    private readonly Process _process;
    private readonly TemporaryFolder _folder;
    private readonly List<string> _lines = [];

    private MpiJob(Process process, TemporaryFolder folder) => (_process, _folder) = (process, folder);

    /// <summary>What has been written to both outputs so far.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
            {
                return string.Join('\n', _lines);
            }
        }
    }

    public int ExitCode => _process.ExitCode;

    /// <summary>The hash of the weights of each rank that came to its end.</summary>
    public string[] Hashes =>
        [.. _folder.Names.Where(name => name.StartsWith("result-", StringComparison.Ordinal)).Select(name => Read(name)[0])];

    /// <summary>The losses of the first rank, by epoch.</summary>
    public double[] Losses => [.. Read("result-0")[2..].Select(text => double.Parse(text, CultureInfo.InvariantCulture))];

    /// <summary>The accuracy on the test set, where there is one.</summary>
    public double Accuracy => double.Parse(Read("result-0")[1], CultureInfo.InvariantCulture);

    /// <param name="command">The command, given the folder for results.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    public static MpiJob Start(Func<string, string[]> command, params (string Name, string? Value)[] environment)
    {
        var folder = new TemporaryFolder();
        try
        {
            var process = Process.Start(Host.Describe(command(folder.Path), Path.GetTempPath(), environment))!;
            var job = new MpiJob(process, folder);
            process.OutputDataReceived += (_, line) => job.Add(line.Data);
            process.ErrorDataReceived += (_, line) => job.Add(line.Data);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            process.StandardInput.Close();
            return job;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public MpiJob WaitForEnd()
    {
        if (!_process.WaitForExit(Host.Patience))
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The job took more than {Host.Patience}:\n{Output}");
        }

        _process.WaitForExit(); // for the outputs' ends
        return this;
    }

    /// <summary>Waits until an epoch has ended.</summary>
    public void WaitForEpoch(int epoch)
    {
        Assert.That(() => HasEnded(epoch) || _process.HasExited, Is.True.After((int)Host.Patience.TotalMilliseconds, 20));
        Assert.That(HasEnded(epoch), Output);
    }

    /// <summary>Whether an epoch has ended.</summary>
    public bool HasEnded(int epoch) => Output.Split('\n').Any(line => line.EndsWith($"epoch {epoch}", StringComparison.Ordinal));

    /// <summary>The process of a rank that has begun.</summary>
    public int ProcessOf(int rank) => int.Parse(Read($"pid-{rank}")[0], CultureInfo.InvariantCulture);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _folder.Dispose();
    }

    private string[] Read(string name)
    {
        Assert.That(File.Exists(_folder.PathOf(name)), $"There is no {name}. {Output}");
        return File.ReadAllLines(_folder.PathOf(name));
    }

    private void Add(string? line)
    {
        lock (_lines)
        {
            _lines.Add(line ?? "");
        }
    }
}
