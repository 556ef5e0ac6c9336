using System.Diagnostics;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples;

/// <summary>
/// Where the console sample takes MNIST from if it is not at hand: the cache, a mirror, and what it does if there is neither.
/// </summary>
internal sealed class ConsoleDownloadTests
{
    private static readonly string[] ShortTraining = ["--epochs", "1", "--hidden", "8", "--out", "m.zip"];

    private TemporaryFolder _folder = null!;
    private string _work = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    [NeedsRealMnist]
    public void Train_WithAMirror_DownloadsOnceAndThenTakesTheCache()
    {
        // A download that came to nothing leaves a folder, which is no cache yet.
        var cache = Directory.CreateDirectory(_folder.PathOf("cache/mnistml/mnist")).FullName;
        using var server = ServeMnist();

        var first = Run(["--mirror", $"{server.Address}", .. ShortTraining]);
        var second = Run(["--mirror", "http://127.0.0.1:1/", .. ShortTraining]);

        Assert.That((first.ExitCode, first.Error, second.ExitCode, second.Error), Is.EqualTo((0, "", 0, "")));
        Assert.That(first.OutputLines.Take(5), Is.EqualTo(
            [
                .. server.Requests.Select(request => $"Downloading {server.Address}{request.Path}"),
                $"Data: mnist, 60,000 training and 10,000 test images, downloaded into {cache}",
            ]));
        Assert.That(second.OutputLines[0], Is.EqualTo($"Data: mnist, 60,000 training and 10,000 test images, from the cache, {cache}"));
        Assert.That(server.Requests, Has.Count.EqualTo(4));
    }

    [Test]
    [NeedsRealMnist]
    public void Train_WithABadFileInTheCache_FetchesItAnew()
    {
        using var server = ServeMnist();
        Run(["--mirror", $"{server.Address}", .. ShortTraining]);
        File.WriteAllText(_folder.PathOf("cache/mnistml/mnist/train-labels-idx1-ubyte.gz"), "<html>");

        var result = Run(["--mirror", $"{server.Address}", .. ShortTraining]);

        Assert.That((result.ExitCode, result.Error), Is.EqualTo((0, "")));
        Assert.That(result.OutputLines[0], Is.EqualTo($"Downloading {server.Address}train-labels-idx1-ubyte.gz"));
        Assert.That(result.OutputLines[1], Does.EndWith($"downloaded into {_folder.PathOf("cache/mnistml/mnist")}"));
    }

    [Test]
    [NeedsRealMnist]
    public async Task Train_InTwoProcessesAtOnce_DownloadsEachFileOnce()
    {
        // Each answer takes its time, so that the second process comes while the first one downloads.
        using var server = new LoopbackServer(async (request, answer) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            await answer.FileAsync(request, RealMnist.Serve(request.Path));
        });

        var both = await Task.WhenAll(Enumerable.Range(0, 2).Select(index => Task.Run(() =>
            Run(["--mirror", $"{server.Address}", "--epochs", "1", "--hidden", "8", "--out", $"m{index}.zip"]))));

        Assert.That(both.Select(result => (result.ExitCode, result.Error)), Is.All.EqualTo((0, "")));
        Assert.That(server.Requests.Select(request => request.Path), Is.Unique.And.Exactly(4).Items);
        Assert.That(
            Directory.EnumerateFiles(_folder.PathOf("cache/mnistml/mnist")).Select(path => Path.GetFileName(path)),
            Is.EquivalentTo([".download.lock", .. server.Requests.Select(request => request.Path)]));
    }

    [Test]
    public void Train_WithAMirrorThatHasNothing_FailsInOneLine()
    {
        using var server = new LoopbackServer((_, answer) => answer.StatusAsync(404));

        var result = Run(["--mirror", $"{server.Address}", .. ShortTraining]);

        Assert.That(result.ErrorLines, Is.EqualTo([
            $"train-images-idx3-ubyte.gz of MNIST could not be downloaded: {server.Address}train-images-idx3-ubyte.gz answers 404 (Text). "
            + $"Check the network, name another mirror, or put the file into '{_folder.PathOf("cache/mnistml/mnist")}'.",
        ]));
        Assert.That(result.ExitCode, Is.EqualTo(1));
    }

    /// <summary>
    /// A network that neither refuses nor answers. Each of two mirrors gets five seconds, and not the hundred that .NET would wait for.
    /// </summary>
    [Test]
    public void Train_WhereNobodyAnswers_FallsBackSoon()
    {
        using var silent = new LoopbackServer((_, answer) => answer.SilenceAsync());
        using var process = Host.Start("MnistML.Console", _work, ShortTraining, ("https_proxy", $"{silent.Address}"));

        var downloading = process.StandardOutput.ReadLine();
        var watch = Stopwatch.StartNew();
        process.StandardOutput.ReadLine();
        var warning = process.StandardOutput.ReadLine();
        var seconds = watch.Elapsed.TotalSeconds;
        process.Kill(entireProcessTree: true);

        Assert.That(downloading, Does.StartWith("Downloading https://"));
        Assert.That(warning, Does.StartWith("Warning: no MNIST at hand, so this run uses synthetic digits"));
        Assert.That(warning!.Split("gave no answer within 5 seconds"), Has.Length.EqualTo(3), "ten seconds for two mirrors");
        Assert.That(seconds, Is.LessThan(90), "and no other wait, however much else the machine has to do");
    }

    private HostResult Run(string[] arguments) => Host.Run("MnistML.Console", _work, arguments);

    private static LoopbackServer ServeMnist() => new((request, answer) => answer.FileAsync(request, RealMnist.Serve(request.Path)));
}
