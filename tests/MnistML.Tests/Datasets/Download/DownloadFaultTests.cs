using MnistML.Datasets;
using MnistML.Datasets.Download;
using MnistML.Tests.Support;

namespace MnistML.Tests.Datasets.Download;

/// <summary>
/// Downloads from servers that fail in every way: they end with right files, or with the list of what failed and no wrong file.
/// </summary>
internal sealed class DownloadFaultTests
{
    private const string First = "train-images-idx3-ubyte.gz";

    /// <summary>Time-outs that no loaded machine exceeds, for servers that answer.</summary>
    private static readonly DownloadSettings Patient = new()
    {
        AnswerTimeout = TimeSpan.FromMinutes(2),
        StallTimeout = TimeSpan.FromMinutes(2),
        RetryDelay = TimeSpan.FromMilliseconds(5),
    };

    /// <summary>Time-outs as short as tests want them that wait for their end.</summary>
    private static readonly DownloadSettings Hasty = Patient with
    {
        AnswerTimeout = TimeSpan.FromSeconds(2),
        StallTimeout = TimeSpan.FromSeconds(1),
    };

    private static readonly byte[] Whole = SmallDataset.Served[First];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    /// <summary>What a server does for the first file, and what is said of it.</summary>
    private static IEnumerable<TestCaseData> LastingFaults()
    {
        byte[] flipped = [.. Whole];
        flipped[Whole.Length / 2] ^= 0x10;
        return
        [
            Case("NotFound", answer => answer.StatusAsync(404), "answers 404 (Text)"),
            Case("Busy", answer => answer.StatusAsync(503), "answers 503 (Text)"),
            Case("Html", async answer =>
            {
                await answer.HeadAsync(200, 12);
                await answer.BytesAsync("<html></html"u8.ToArray());
            }, "sends something that is a web page, not the file"),
            Case("Nothing", answer => answer.HeadAsync(200, 0), "sends something that is empty"),
            Case("Short", async answer =>
            {
                await answer.HeadAsync(200, Whole.Length / 2);
                await answer.BytesAsync(Whole[..(Whole.Length / 2)]);
            }, "sends something that "),
            Case("AByteFlipped", async answer =>
            {
                await answer.HeadAsync(200, flipped.Length);
                await answer.BytesAsync(flipped);
            }, "sends something that "),
            Case("Endless", async answer =>
            {
                await answer.HeadAsync(200, length: null);
                for (var sent = 0; sent < 10_000_000; sent += 100_000)
                {
                    await answer.BytesAsync(new byte[100_000]);
                }
            }, "sends more than 66152 bytes"),
            Case("DropsAtOnce", async answer =>
            {
                await answer.HeadAsync(200, Whole.Length);
            }, "broke off after 0 bytes"),
            Case("Stalls", async answer =>
            {
                await answer.HeadAsync(200, Whole.Length);
                await answer.SilenceAsync();
            }, "sent nothing for 1 seconds after 0 bytes", Hasty),
            Case("NeverAnswers", answer => answer.SilenceAsync(), "gave no answer within 2 seconds", Hasty),
        ];

        static TestCaseData Case(string name, Func<LoopbackAnswer, Task> fault, string reason, DownloadSettings? settings = null) =>
            new TestCaseData(fault, reason, settings ?? Patient).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(LastingFaults))]
    public async Task DownloadAsync_FromAFaultyMirror_TakesTheNext(Func<LoopbackAnswer, Task> fault, string _, DownloadSettings settings)
    {
        using var bad = new LoopbackServer(
            (request, answer) => request.Path == First ? fault(answer) : answer.FileAsync(request, SmallDataset.Served[request.Path]));
        using var good = Serve();

        var files = await Download(SmallDataset.From(bad.Address, good.Address), settings);

        Assert.That(File.ReadAllBytes(files.TrainImages), Is.EqualTo(Whole));
        Assert.That(good.Requests.Select(request => request.Path), Is.EqualTo([First]));
        Assert.That(_folder.Names, Is.EqualTo((string[])[".download.lock", .. SmallDataset.Served.Keys.Order(StringComparer.Ordinal)]));
    }

    [TestCaseSource(nameof(LastingFaults))]
    public async Task DownloadAsync_FromFaultyMirrorsAlone_ListsWhatFailedAndKeepsNothing(
        Func<LoopbackAnswer, Task> fault, string reason, DownloadSettings settings)
    {
        using var bad = new LoopbackServer((_, answer) => fault(answer));
        using var missing = new LoopbackServer((_, answer) => answer.StatusAsync(404));

        var exception = (await Assert.ThrowsAsync<HttpRequestException>(
            () => Download(SmallDataset.From(bad.Address, missing.Address), settings)))!;

        Assert.That(exception.Message, Does.StartWith($"{First} of SMALL could not be downloaded: {bad.Address}{First} {reason}"));
        Assert.That(exception.Message, Does.EndWith(
            $"; {missing.Address}{First} answers 404 (Text). Check the network, name another mirror, or put the file into "
            + $"'{_folder.Path}'."));
        Assert.That(((AggregateException)exception.InnerException!).InnerExceptions, Has.Count.EqualTo(2));
        Assert.That(_folder.Names, Is.EqualTo([".download.lock"]));
    }

    [Test]
    public async Task DownloadAsync_OfAConnectionThatDropsAtHalf_GoesOnByRange()
    {
        using var server = new LoopbackServer(async (request, answer) =>
        {
            if (request is { Path: First, RangeStart: null })
            {
                await answer.HeadAsync(200, Whole.Length);
                await answer.BytesAsync(Whole[..100]);
                return;
            }

            await answer.FileAsync(request, SmallDataset.Served[request.Path]);
        });

        var files = await Download(SmallDataset.From(server.Address));

        Assert.That(File.ReadAllBytes(files.TrainImages), Is.EqualTo(Whole));
        Assert.That(server.Requests.Take(2), Is.EqualTo([new LoopbackRequest(First, null), new LoopbackRequest(First, 100)]));
    }

    [Test]
    public async Task DownloadAsync_OfAServerWithoutRanges_BeginsAnew()
    {
        var asked = 0;
        using var server = new LoopbackServer(async (request, answer) =>
        {
            var content = SmallDataset.Served[request.Path];
            await answer.HeadAsync(200, content.Length);
            await answer.BytesAsync(request.Path == First && Interlocked.Increment(ref asked) == 1 ? content[..100] : content);
        });

        var files = await Download(SmallDataset.From(server.Address));

        Assert.That(File.ReadAllBytes(files.TrainImages), Is.EqualTo(Whole));
    }

    /// <summary>
    /// The rest of another file, a rest from elsewhere, and a refused range: what was there before is given up, and the file comes whole.
    /// </summary>
    [TestCase(206, "bytes 0-1/2")]
    [TestCase(416, null)]
    public async Task DownloadAsync_OfAServerThatAnswersRangesWrongly_BeginsAnew(int status, string? range)
    {
        _folder.Write($"{First}.part", [1, 2, 3]);
        using var server = new LoopbackServer(async (request, answer) =>
        {
            if (request.RangeStart is not null)
            {
                await answer.HeadAsync(status, 0, range is null ? "" : $"Content-Range: {range}\r\n");
                return;
            }

            await answer.FileAsync(request, SmallDataset.Served[request.Path]);
        });

        var files = await Download(SmallDataset.From(server.Address));

        Assert.That(File.ReadAllBytes(files.TrainImages), Is.EqualTo(Whole));
    }

    [Test]
    public async Task DownloadAsync_WhenAnEarlierPartIsOfAnotherFile_BeginsAnewAtTheSameMirror()
    {
        _folder.Write($"{First}.part", [1, 2, 3]);
        using var server = Serve();

        var files = await Download(SmallDataset.From(server.Address));

        Assert.That(File.ReadAllBytes(files.TrainImages), Is.EqualTo(Whole));
        Assert.That(server.Requests.Take(2), Is.EqualTo([new LoopbackRequest(First, 3), new LoopbackRequest(First, null)]));
    }

    [Test]
    public async Task DownloadAsync_WhenAnEarlierPartIsWhole_AsksForNothing()
    {
        _folder.Write($"{First}.part", Whole);
        using var server = Serve();

        await Download(SmallDataset.From(server.Address));

        Assert.That(server.Requests.Select(request => request.Path), Does.Not.Contain(First));
    }

    [Test]
    public async Task DownloadAsync_OfAServerThatIsBusyForAWhile_AsksAgain()
    {
        var asked = 0;
        using var server = new LoopbackServer((request, answer) =>
            Interlocked.Increment(ref asked) <= 2 ? answer.StatusAsync(503) : answer.FileAsync(request, SmallDataset.Served[request.Path]));

        await Download(SmallDataset.From(server.Address));

        Assert.That(server.Requests, Has.Count.EqualTo(6));
    }

    [Test]
    public async Task DownloadAsync_WhenCancelled_KeepsThePartAndTheNextCallGoesOn()
    {
        using var cancellation = new CancellationTokenSource();
        using var stalling = new LoopbackServer(async (_, answer) =>
        {
            await answer.HeadAsync(200, Whole.Length);
            await answer.BytesAsync(Whole[..50]);
            await answer.SilenceAsync();
        });
        var download = SmallDataset.From(stalling.Address).DownloadAsync(_folder.Path, null, null, Patient, cancellation.Token);
        var partPath = _folder.PathOf($"{First}.part");
        await Eventually(() => File.Exists(partPath) && stalling.Requests.Count == 1);
        cancellation.CancelAfter(TimeSpan.FromMilliseconds(200));

        Assert.That(async () => await download, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_folder.Names, Is.EqualTo([".download.lock", $"{First}.part"]));

        using var good = Serve();
        var files = await Download(SmallDataset.From(good.Address));
        Assert.That(good.Requests[0], Is.EqualTo(new LoopbackRequest(First, 50)));
        Assert.That(File.ReadAllBytes(files.TrainImages), Is.EqualTo(Whole));
    }

    [Test]
    public void DownloadAsync_FromWhereNobodyListens_SaysSo()
    {
        using var closed = Serve();
        closed.Dispose();

        Assert.That(
            () => Download(SmallDataset.From(closed.Address)),
            Throws.TypeOf<HttpRequestException>().With.Message.Contains($"{closed.Address}{First} can't be reached (Connection refused"));
    }

    [Test]
    public void DownloadAsync_WithoutMirrors_SaysSo() => Assert.That(
        () => Download(SmallDataset.From()),
        Throws.TypeOf<HttpRequestException>().With.Message.Contains("could not be downloaded: it has no mirrors."));

    [Test]
    public void DownloadAsync_OfAClientWithATimeoutOfItsOwn_TakesItForTheMirrorsFault()
    {
        using var silent = new LoopbackServer((_, answer) => answer.SilenceAsync());
        using var client = new HttpClient { Timeout = TimeSpan.FromMilliseconds(300) };

        Assert.That(
            () => SmallDataset.From(silent.Address).DownloadAsync(_folder.Path, client, null, Patient, CancellationToken.None),
            Throws.TypeOf<HttpRequestException>().With.Message.Contains("gave no answer within the HTTP client's time-out"));
    }

    [Test]
    public async Task DownloadAsync_ManyAtOnce_FetchEachFileOnce()
    {
        using var server = Serve();

        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Download(SmallDataset.From(server.Address)))));

        Assert.That(all.Distinct().Count(), Is.EqualTo(1));
        Assert.That(server.Requests, Has.Count.EqualTo(4));
    }

    [Test]
    public void DownloadAsync_IntoAFile_IsAnErrorOfTheDisc()
    {
        using var server = Serve();
        var path = _folder.Write("file", []);

        Assert.That(
            () => SmallDataset.From(server.Address).DownloadAsync(path, null, null, Patient, CancellationToken.None),
            Throws.InstanceOf<IOException>());
    }

    private Task<MnistFiles> Download(MnistDataset dataset, DownloadSettings? settings = null) =>
        dataset.DownloadAsync(_folder.Path, null, null, settings ?? Patient, CancellationToken.None);

    private static LoopbackServer Serve() => new((request, answer) => answer.FileAsync(request, SmallDataset.Served[request.Path]));

    private static async Task Eventually(Func<bool> condition)
    {
        for (var tries = 0; !condition(); tries++)
        {
            Assert.That(tries, Is.LessThan(10_000));
            await Task.Delay(10);
        }
    }
}
