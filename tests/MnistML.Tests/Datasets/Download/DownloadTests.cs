using System.IO.Compression;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Datasets.Download;

/// <summary>Downloads from a server that behaves: what comes, where it goes, and what is not fetched again.</summary>
internal sealed class DownloadTests
{
    private static readonly string[] AllNames = [".download.lock", .. SmallDataset.Served.Keys.Order(StringComparer.Ordinal)];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task DownloadAsync_IntoAnEmptyFolder_BringsTheFourFiles()
    {
        using var server = Serve();
        var directory = _folder.PathOf("new/folder");

        var files = await SmallDataset.From(server.Address).DownloadAsync(directory);

        Assert.That(files, Is.EqualTo(SmallDataset.From().Find(directory)));
        Assert.That(NamesIn(directory), Is.EqualTo(AllNames));
        Assert.That(File.ReadAllBytes(files.TestLabels), Is.EqualTo(SmallDataset.Served["t10k-labels-idx1-ubyte.gz"]));
        Assert.That(server.Requests, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task DownloadAsync_WhenAllIsThere_AsksNobody()
    {
        using var server = Serve();
        var dataset = SmallDataset.WithPackedHashes(server.Address);
        var first = await dataset.DownloadAsync(_folder.Path);

        var again = await (dataset with { Mirrors = [] }).DownloadAsync(_folder.Path);

        Assert.That(again, Is.EqualTo(first));
        Assert.That(server.Requests, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task DownloadAsync_WhenRawFilesAreThere_TakesThem()
    {
        foreach (var (name, packed) in SmallDataset.Served)
        {
            var rawName = name.Replace(".gz", "", StringComparison.Ordinal).Replace("-idx", ".idx", StringComparison.Ordinal);
            _folder.Write(rawName, Unpack(packed));
        }

        var files = await SmallDataset.From().DownloadAsync(_folder.Path);

        Assert.That(files.TrainImages, Is.EqualTo(_folder.PathOf("train-images.idx3-ubyte")));
    }

    private static IEnumerable<TestCaseData> WrongFiles() =>
    [
        new TestCaseData((byte[] _) => Array.Empty<byte>()).SetArgDisplayNames("Empty"),
        new TestCaseData((byte[] whole) => whole[..(whole.Length / 2)]).SetArgDisplayNames("Half"),
        new TestCaseData((byte[] _) => "<html>"u8.ToArray()).SetArgDisplayNames("Html"),
        new TestCaseData((byte[] whole) => IdxBytes.Gzip([.. whole])).SetArgDisplayNames("GzippedTwice"),
        new TestCaseData((byte[] _) => IdxBytes.Gzip(IdxBytes.FiveImages)).SetArgDisplayNames("OfAnotherSet"),
    ];

    [TestCase(false)]
    [TestCase(true)]
    public async Task DownloadAsync_WithoutHashes_AcceptsFilesByTheirSizeAndHeader(bool isRaw)
    {
        using var server = Serve();
        await SmallDataset.From(server.Address).DownloadAsync(_folder.Path);
        if (isRaw)
        {
            foreach (var (name, packed) in SmallDataset.Served)
            {
                File.Delete(_folder.PathOf(name));
                _folder.Write(name.Replace(".gz", "", StringComparison.Ordinal), Unpack(packed));
            }
        }

        var files = await SmallDataset.WithoutHashes().DownloadAsync(_folder.Path);

        Assert.That(File.Exists(files.TrainImages), Is.True);
    }

    [Test]
    public async Task DownloadAsync_WithoutHashes_BringsTheFourFiles()
    {
        using var server = Serve();

        var files = await SmallDataset.WithoutHashes(server.Address).DownloadAsync(_folder.Path);

        Assert.That(File.ReadAllBytes(files.TestLabels), Is.EqualTo(SmallDataset.Served["t10k-labels-idx1-ubyte.gz"]));
    }

    private static IEnumerable<TestCaseData> WrongFilesWithoutHashes() =>
    [
        new TestCaseData(
            IdxBytes.Gzip(IdxBytes.FiveImages), "holds other data: has 46 bytes, but 616 were expected").SetArgDisplayNames("Smaller"),
        new TestCaseData(IdxBytes.Gzip(new byte[616]), "holds other data: is not an IDX file").SetArgDisplayNames("Zeros"),
        new TestCaseData(
            IdxBytes.Gzip(IdxBytes.Of(0x08, [60, 10], new byte[604])),
            "holds other data: has 616 bytes, but its header, UInt8 60×10, takes 612").SetArgDisplayNames("WrongHeader"),
        new TestCaseData(
            IdxBytes.Of(0x08, [40, 5, 3], new byte[599]), "has 615 bytes, but 616 were expected").SetArgDisplayNames("RawAndShort"),
        new TestCaseData(
            IdxBytes.Gzip(new byte[100_000]),
            "holds other data: has more than 616 bytes, but 616 were expected").SetArgDisplayNames("Larger"),
    ];

    [TestCaseSource(nameof(WrongFilesWithoutHashes))]
    public void DownloadAsync_WithoutHashes_RefusesOtherSizesAndContents(byte[] content, string reason)
    {
        using var server = new LoopbackServer((request, answer) => answer.FileAsync(request, content));

        Assert.That(
            () => SmallDataset.WithoutHashes(server.Address).DownloadAsync(_folder.Path),
            Throws.TypeOf<HttpRequestException>().With.Message.Contains($" sends something that {reason}. "));
    }

    [Test]
    public void DownloadAsync_WithTheHashOfTheFileAndAnotherSize_RefusesIt()
    {
        using var server = Serve();
        var dataset = SmallDataset.WithPackedHashes(server.Address);
        dataset = dataset with { TrainImages = dataset.TrainImages with { PackedByteCount = 1 } };

        Assert.That(
            () => dataset.DownloadAsync(_folder.Path),
            Throws.TypeOf<HttpRequestException>().With.Message.Contains(" bytes, but 1 were expected"));
    }

    [Test]
    public async Task DownloadAsync_WhenAllIsThere_ReturnsBeforeItReadsAFile()
    {
        using var server = Serve();
        await SmallDataset.From(server.Address).DownloadAsync(_folder.Path);
        using var gate = new ManualResetEventSlim();
        ThreadPool.GetMinThreads(out var workers, out _);

        // While all threads of the pool are busy, nothing but the caller's own thread could have read the files.
        var busy = Enumerable.Range(0, workers).Select(_ => Task.Run(gate.Wait)).ToArray();
        var download = SmallDataset.From().DownloadAsync(_folder.Path);
        var isCompleted = download.IsCompleted;
        gate.Set();
        await Task.WhenAll(busy);

        Assert.That(isCompleted, Is.False);
        Assert.That(File.Exists((await download).TrainImages), Is.True);
    }

    [Test]
    public async Task DownloadAsync_WithACancelledToken_HashesNothing()
    {
        using var server = Serve();
        await SmallDataset.From(server.Address).DownloadAsync(_folder.Path);

        Assert.That(
            () => SmallDataset.From().DownloadAsync(_folder.Path, cancellationToken: new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCaseSource(nameof(WrongFiles))]
    public async Task DownloadAsync_WhenAWrongFileIsThere_ReplacesItAlone(Func<byte[], byte[]> spoil)
    {
        const string Name = "train-images-idx3-ubyte.gz";
        using var server = Serve();
        var dataset = SmallDataset.From(server.Address);
        await dataset.DownloadAsync(_folder.Path);
        _folder.Write(Name, spoil(SmallDataset.Served[Name]));

        await dataset.DownloadAsync(_folder.Path);

        Assert.That(File.ReadAllBytes(_folder.PathOf(Name)), Is.EqualTo(SmallDataset.Served[Name]));
        Assert.That(server.Requests.Select(request => request.Path).Skip(4), Is.EqualTo([Name]));
    }

    [Test]
    public async Task DownloadAsync_WithoutAFolder_TakesTheUsersCache()
    {
        Assume.That(OperatingSystem.IsLinux());
        using var server = Serve();
        var before = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", _folder.Path);
        try
        {
            var files = await SmallDataset.From(server.Address).DownloadAsync();

            Assert.That(files.TrainImages, Is.EqualTo(_folder.PathOf("mnistml/small/train-images-idx3-ubyte.gz")));
        }
        finally
        {
            Environment.SetEnvironmentVariable("XDG_CACHE_HOME", before);
        }
    }

    [Test]
    public async Task DownloadAsync_WithProgress_ReportsEachFileToItsEnd()
    {
        using var server = Serve();
        var reports = new List<DownloadProgress>();

        await SmallDataset.From(server.Address).DownloadAsync(_folder.Path, progress: new Listener(reports.Add));

        var ends = reports.GroupBy(report => report.FileName).Select(file => file.Last()).ToList();
        Assert.That(ends.Select(report => (report.FileName, report.ReceivedByteCount, report.TotalByteCount)),
            Is.EqualTo(SmallDataset.Served.Select(file => (file.Key, (long)file.Value.Length, (long?)file.Value.Length))));
        Assert.That(
            ends.Select(report => report.Address), Is.EqualTo(SmallDataset.Served.Keys.Select(name => new Uri(server.Address, name))));
    }

    [Test]
    public async Task DownloadAsync_WithAClient_TakesThatOne()
    {
        using var server = Serve();
        using var handler = new CountingHandler();
        using var client = new HttpClient(handler);

        await SmallDataset.From(server.Address).DownloadAsync(_folder.Path, client);

        Assert.That(handler.Count, Is.EqualTo(4));
    }

    [Test]
    public async Task DownloadAsync_OfARedirectedFile_FollowsIt()
    {
        using var server = new LoopbackServer((request, answer) => request.Path.StartsWith("old/", StringComparison.Ordinal)
            ? answer.HeadAsync(302, 0, $"Location: /{request.Path[4..]}\r\n")
            : answer.FileAsync(request, SmallDataset.Served[request.Path]));

        await SmallDataset.From(new Uri(server.Address, "old")).DownloadAsync(_folder.Path);

        Assert.That(_folder.Names, Is.EqualTo(AllNames));
    }

    [Test]
    public async Task DownloadAsync_FromAnArchive_TakesTheFilesOutOfIt()
    {
        var archive = Zip([.. SmallDataset.Served.Select(file => ($"gzip/{file.Key}", file.Value))]);
        using var server = new LoopbackServer((request, answer) => answer.FileAsync(request, archive));

        var files = await SmallDataset.WithPackedHashes(new Uri(server.Address, "all.zip")).DownloadAsync(_folder.Path);

        Assert.That(File.ReadAllBytes(files.TrainLabels), Is.EqualTo(SmallDataset.Served["train-labels-idx1-ubyte.gz"]));
        Assert.That(_folder.Names, Is.EquivalentTo([.. AllNames, "all.zip"]));
        Assert.That(server.Requests.Select(request => request.Path), Is.EqualTo(["all.zip"]));
    }

    [Test]
    public void DownloadAsync_FromAnArchiveWithWrongFiles_KeepsNothingOfIt()
    {
        var archive = Zip([.. SmallDataset.Served.Select(file => ($"gzip/{file.Key}", IdxBytes.Gzip(IdxBytes.FiveImages)))]);
        using var server = new LoopbackServer((request, answer) => answer.FileAsync(request, archive));

        Assert.That(
            async () => await SmallDataset.From(new Uri(server.Address, "all.zip")).DownloadAsync(_folder.Path),
            Throws.TypeOf<HttpRequestException>().With.Message.Contains(
                $"{server.Address}all.zip sends something that holds other data: has SHA-256 "));
        Assert.That(_folder.Names, Is.EqualTo([".download.lock"]));
    }

    [Test]
    [NeedsRealMnist]
    public async Task DownloadAsync_OfTheRealMnist_TakesAMirrorThatPackedItAnew()
    {
        using var server = new LoopbackServer((request, answer) => answer.FileAsync(request, RealMnist.Serve(request.Path)));

        var files = await (MnistDataset.Mnist with { Mirrors = [server.Address] }).DownloadAsync(_folder.Path);

        Assert.That(files, Is.EqualTo(MnistFiles.Find(_folder.Path)));
        Assert.That(server.Requests, Has.Count.EqualTo(4));
    }

    private static LoopbackServer Serve() => new((request, answer) => answer.FileAsync(request, SmallDataset.Served[request.Path]));

    private static byte[] Unpack(byte[] packed)
    {
        using var unpacked = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static string[] NamesIn(string directory) =>
        [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static byte[] Zip((string Name, byte[] Content)[] files)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in files)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    private sealed class CountingHandler : DelegatingHandler
    {
        public CountingHandler() => InnerHandler = new SocketsHttpHandler();

        public int Count { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Count++;
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class Listener(Action<DownloadProgress> report) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) => report(value);
    }
}
