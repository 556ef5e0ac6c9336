namespace MnistML.Datasets.Download;

/// <summary>Brings a data set's files into a folder: what is there and right stays, the rest is fetched from mirror after mirror.</summary>
internal sealed class DatasetDownloader(
    MnistDataset dataset, string directory, HttpClient? httpClient, IProgress<DownloadProgress>? progress, DownloadSettings settings)
{
    /// <summary>What a repacked file may take more than the file itself: gzip adds some bytes to what it can't make smaller.</summary>
    private const long MaxPackingBytes = 1 << 16;

    /// <summary>More than any archive of such data sets takes; EMNIST's is 0.56 GB.</summary>
    private const long MaxArchiveBytes = 1L << 32;

    private static readonly Lazy<HttpClient> OwnClient = new(CreateClient);

    private readonly MirrorClient _client = new(httpClient ?? OwnClient.Value, settings);

    /// <exception cref="HttpRequestException">A file can't be had from any mirror.</exception>
    public async Task<MnistFiles> RunAsync(CancellationToken cancellationToken)
    {
        if (FindAll() is { } present)
        {
            return present;
        }

        Directory.CreateDirectory(directory);
        using var folderLock = await FolderLock.TakeAsync(directory, settings.LockInterval, cancellationToken).ConfigureAwait(false);
        var paths = new List<string>();
        foreach (var file in dataset.Files)
        {
            paths.Add(FindVerified(file) ?? await FetchAsync(file, cancellationToken).ConfigureAwait(false));
        }

        return MnistFiles.From(paths);
    }

    private MnistFiles? FindAll()
    {
        string?[] paths = [.. dataset.Files.Select(FindVerified).TakeWhile(path => path is not null)];
        return paths.Length == dataset.Files.Count ? MnistFiles.From(paths!) : null;
    }

    private string? FindVerified(DatasetFile file) => file.KnownNames.Select(PathOf)
        .FirstOrDefault(path => File.Exists(path) && FileVerifier.FindFault(path, file) is null);

    private async Task<string> FetchAsync(DatasetFile file, CancellationToken cancellationToken)
    {
        var failures = new List<(Uri Address, Exception Reason)>();
        foreach (var mirror in dataset.Mirrors)
        {
            var isArchive = mirror.AbsolutePath.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
            var address = isArchive ? mirror : new Uri(mirror.AbsoluteUri.TrimEnd('/') + "/" + file.Name);
            try
            {
                await (isArchive ? FetchFromArchiveAsync(
                    address, file, cancellationToken) : FetchFileAsync(address, file, cancellationToken)).ConfigureAwait(false);
                return PathOf(file.Name);
            }
            catch (Exception exception) when (exception is HttpRequestException or InvalidDataException)
            {
                failures.Add((address, exception));
            }
        }

        var reasons = failures.Count == 0
            ? "it has no mirrors"
            : string.Join("; ", failures.Select(failure => $"{failure.Address} {Reason(failure.Reason)}"));
        throw new HttpRequestException(
            $"{file.Name} of {dataset.Title} could not be downloaded: {reasons}. Check the network, name another mirror, or put the file "
            + $"into '{directory}'.",
            new AggregateException(failures.Select(failure => failure.Reason)));
    }

    /// <summary>
    /// Fetches a file and verifies it. What an earlier try left may be of another file: then it is fetched from the beginning.
    /// </summary>
    private async Task FetchFileAsync(Uri address, DatasetFile file, CancellationToken cancellationToken)
    {
        var mostBytes = Math.Max(file.PackedByteCount ?? 0, file.UnpackedByteCount) + MaxPackingBytes;
        await FetchAsync(
            address, file.Name, mostBytes, file.PackedByteCount, partPath => FileVerifier.FindFault(partPath, file), cancellationToken)
            .ConfigureAwait(false);
    }

    private async Task FetchFromArchiveAsync(Uri address, DatasetFile file, CancellationToken cancellationToken)
    {
        var archiveName = Path.GetFileName(address.AbsolutePath);
        var archivePath = PathOf(archiveName);
        if (ArchiveMirror.FindFault(archivePath, file.Name) is not null)
        {
            await FetchAsync(address, archiveName, MaxArchiveBytes, totalByteCount: null, partPath => ArchiveMirror.FindFault(
                partPath, file.Name), cancellationToken)
                .ConfigureAwait(false);
        }

        var partPath = PathOf(file.Name + ".part");
        try
        {
            ArchiveMirror.Unpack(archivePath, file, partPath, mostBytes: file.UnpackedByteCount + MaxPackingBytes);
            Publish(partPath, file.Name, FileVerifier.FindFault(partPath, file));
        }
        catch (InvalidDataException)
        {
            File.Delete(partPath);
            File.Delete(archivePath);
            throw;
        }
    }

    private async Task FetchAsync(
        Uri address, string name, long mostBytes, long? totalByteCount, Func<string, string?> findFault,
            CancellationToken cancellationToken)
    {
        var partPath = PathOf(name + ".part");
        var report = new ReportThrottle(progress, name, address, totalByteCount);
        var goesOn = File.Exists(partPath) && new FileInfo(partPath).Length > 0;
        if (goesOn && findFault(partPath) is null)
        {
            Publish(partPath, name, fault: null);
            return;
        }

        for (var isLast = !goesOn; ; isLast = true)
        {
            try
            {
                await _client.FetchAsync(address, partPath, mostBytes, report.Report, cancellationToken).ConfigureAwait(false);
                report.End(new FileInfo(partPath).Length);
                Publish(partPath, name, findFault(partPath));
                return;
            }
            catch (InvalidDataException)
            {
                File.Delete(partPath);
                if (isLast)
                {
                    throw;
                }
            }
            finally
            {
                DeleteIfEmpty(partPath);
            }
        }
    }

    private void Publish(string partPath, string name, string? fault)
    {
        if (fault is not null)
        {
            throw new InvalidDataException($"sends something that {fault}");
        }

        File.Move(partPath, PathOf(name), overwrite: true);
    }

    private string PathOf(string name) => Path.Combine(directory, name);

    private static void DeleteIfEmpty(string path)
    {
        if (File.Exists(path) && new FileInfo(path).Length == 0)
        {
            File.Delete(path);
        }
    }

    /// <summary>Faults of the network come with a sentence of their own; ours are the end of one.</summary>
    private static string Reason(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown }
        ? $"can't be reached ({exception.Message.TrimEnd('.')})"
        : exception.Message.TrimEnd('.');

    /// <summary>Bytes are wanted as they are published, so nothing is unpacked on the way.</summary>
    private static HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(
            5), AutomaticDecompression = System.Net.DecompressionMethods.None };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"MnistML/{typeof(DatasetDownloader).Assembly.GetName().Version!.ToString(3)}");
        return client;
    }
}
