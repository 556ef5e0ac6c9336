using System.Net;
using MnistML.Common;

namespace MnistML.Datasets.Download;

/// <summary>
/// Downloads a data set into a folder: files that are there and right are kept, the others are fetched from one mirror after another.
/// </summary>
internal sealed class DatasetDownloader(
    MnistDataset dataset, string directory, HttpClient? httpClient, IProgress<DownloadProgress>? progress, DownloadSettings settings)
{
    /// <summary>The most that compression can add to a file: gzip adds some bytes to data that it cannot compress.</summary>
    private const long MaxPackingBytes = 1 << 16;

    /// <summary>Larger than any archive of such data sets; EMNIST's has 0.56 GB.</summary>
    private const long MaxArchiveBytes = 1L << 32;

    private static readonly Lazy<HttpClient> OwnClient = new(CreateClient);

    private readonly MirrorClient _client = new(httpClient ?? OwnClient.Value, settings);

    /// <exception cref="HttpRequestException">A file can't be had from any mirror.</exception>
    public async Task<MnistFiles> RunAsync(CancellationToken cancellationToken)
    {
        // Files are hashed and unpacked, which may take seconds: never on the caller's thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (await FindAllAsync(cancellationToken).ConfigureAwait(false) is { } present)
        {
            return present;
        }

        Directory.CreateDirectory(directory);
        using var folderLock = await FolderLock.TakeAsync(directory, settings.LockInterval, cancellationToken).ConfigureAwait(false);
        var paths = new List<string>();
        foreach (var file in dataset.Files)
        {
            paths.Add(
                await FindVerifiedAsync(file, cancellationToken).ConfigureAwait(false)
                ?? await FetchAsync(file, cancellationToken).ConfigureAwait(false));
        }

        return MnistFiles.From(paths);
    }

    private async Task<MnistFiles?> FindAllAsync(CancellationToken cancellationToken)
    {
        var paths = new List<string>();
        foreach (var file in dataset.Files)
        {
            if (await FindVerifiedAsync(file, cancellationToken).ConfigureAwait(false) is not { } path)
            {
                return null;
            }

            paths.Add(path);
        }

        return MnistFiles.From(paths);
    }

    private async Task<string?> FindVerifiedAsync(DatasetFile file, CancellationToken cancellationToken)
    {
        foreach (var path in file.KnownNames.Select(PathOf).Where(File.Exists))
        {
            if (await FileVerifier.FindFaultAsync(path, file, cancellationToken).ConfigureAwait(false) is null)
            {
                return path;
            }
        }

        return null;
    }

    private async Task<string> FetchAsync(DatasetFile file, CancellationToken cancellationToken)
    {
        var failures = new List<(Uri Address, Exception Reason)>();
        foreach (var mirror in dataset.Mirrors)
        {
            var isArchive = mirror.AbsolutePath.EndsWith(".zip", StringComparison.OrdinalIgnoreCase);
            var address = isArchive ? mirror : new Uri(mirror.AbsoluteUri.TrimEnd('/') + "/" + file.Name);
            try
            {
                var fetching = isArchive
                    ? FetchFromArchiveAsync(address, file, cancellationToken)
                    : FetchFileAsync(address, file, cancellationToken);
                await fetching.ConfigureAwait(false);
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
            $"{file.Name} of {dataset.Title} could not be downloaded: {reasons}. "
            + $"Check the network, name another mirror, or put the file into '{directory}'.",
            new AggregateException(failures.Select(failure => failure.Reason)));
    }

    /// <summary>
    /// Fetches a file and verifies it. What an earlier try left may be of another file: then it is fetched from the beginning.
    /// </summary>
    private async Task FetchFileAsync(Uri address, DatasetFile file, CancellationToken cancellationToken)
    {
        var maxBytes = Math.Max(file.PackedByteCount ?? 0, file.UnpackedByteCount) + MaxPackingBytes;
        Task<string?> FindFaultAsync(string partPath) => FileVerifier.FindFaultAsync(partPath, file, cancellationToken);
        await FetchAsync(address, file.Name, maxBytes, file.PackedByteCount, FindFaultAsync, cancellationToken).ConfigureAwait(false);
    }

    private async Task FetchFromArchiveAsync(Uri address, DatasetFile file, CancellationToken cancellationToken)
    {
        var archiveName = Path.GetFileName(address.AbsolutePath);
        var archivePath = PathOf(archiveName);
        if (ArchiveMirror.FindFault(archivePath, file.Name) is not null)
        {
            Task<string?> FindFaultAsync(string path) => Task.FromResult(ArchiveMirror.FindFault(path, file.Name));
            await FetchAsync(address, archiveName, MaxArchiveBytes, totalByteCount: null, FindFaultAsync, cancellationToken)
                .ConfigureAwait(false);
        }

        var partPath = PathOf(file.Name + ".part");
        try
        {
            var maxBytes = file.UnpackedByteCount + MaxPackingBytes;
            await ArchiveMirror.UnpackAsync(archivePath, file, partPath, maxBytes, cancellationToken).ConfigureAwait(false);
            Publish(partPath, file.Name, await FileVerifier.FindFaultAsync(partPath, file, cancellationToken).ConfigureAwait(false));
        }
        catch (InvalidDataException)
        {
            File.Delete(partPath);
            File.Delete(archivePath);
            throw;
        }
    }

    private async Task FetchAsync(
        Uri address,
        string name,
        long maxBytes,
        long? totalByteCount,
        Func<string, Task<string?>> findFault,
        CancellationToken cancellationToken)
    {
        var partPath = PathOf(name + ".part");
        var report = new ReportThrottle(progress, name, address, totalByteCount);
        var isResumed = File.Exists(partPath) && new FileInfo(partPath).Length > 0;
        if (isResumed && await findFault(partPath).ConfigureAwait(false) is null)
        {
            Publish(partPath, name, fault: null);
            return;
        }

        for (var isLast = !isResumed; ; isLast = true)
        {
            try
            {
                await _client.FetchAsync(address, partPath, maxBytes, report.Report, cancellationToken).ConfigureAwait(false);
                report.End(new FileInfo(partPath).Length);
                Publish(partPath, name, await findFault(partPath).ConfigureAwait(false));
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

        FileMove.Replace(partPath, PathOf(name));
    }

    private string PathOf(string name) => Path.Combine(directory, name);

    private static void DeleteIfEmpty(string path)
    {
        if (File.Exists(path) && new FileInfo(path).Length == 0)
        {
            File.Delete(path);
        }
    }

    /// <summary>Messages of network errors are whole sentences; those of this library continue one.</summary>
    private static string Reason(Exception exception) =>
        exception is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown }
        ? $"can't be reached ({exception.Message.TrimEnd('.')})"
        : exception.Message.TrimEnd('.');

    /// <summary>Files are compared as they are published, so the client does not decompress them.</summary>
    private static HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AutomaticDecompression = DecompressionMethods.None,
        };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"MnistML/{typeof(DatasetDownloader).Assembly.GetName().Version!.ToString(3)}");
        return client;
    }
}
