using MnistML.Datasets.Download;

namespace MnistML.Datasets;

/// <summary>
/// A published data set in the form of MNIST: four IDX files, their mirrors, and how to verify copies of them.
/// </summary>
/// <remarks>
/// The catalogue's sets are static properties; <c>MnistDataset.Mnist with { Mirrors = [new Uri("https://…/")] }</c> fetches one from
/// elsewhere.
/// </remarks>
public sealed partial record MnistDataset
{
    private readonly Uri[] _mirrors = [];
    private readonly string[] _classNames = [];

    /// <summary>The name in lower case, for example <c>fashion-mnist</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The title, for example <c>Fashion-MNIST</c>.</summary>
    public required string Title { get; init; }

    /// <summary>Images to train on.</summary>
    public required DatasetFile TrainImages { get; init; }

    /// <summary>Their labels.</summary>
    public required DatasetFile TrainLabels { get; init; }

    /// <summary>Images to test with.</summary>
    public required DatasetFile TestImages { get; init; }

    /// <summary>Their labels.</summary>
    public required DatasetFile TestLabels { get; init; }

    /// <summary>The four files.</summary>
    public IReadOnlyList<DatasetFile> Files => [TrainImages, TrainLabels, TestImages, TestLabels];

    /// <summary>
    /// Where the files are fetched from, tried in order: each a folder that holds them by their names, or a zip archive (ending in
    /// <c>.zip</c>) that holds them in any folder of it. The files' hashes, not their addresses, say whether they are right.
    /// </summary>
    public required IReadOnlyList<Uri> Mirrors
    {
        get => _mirrors;
        init => _mirrors = [.. value ?? throw new ArgumentNullException(nameof(Mirrors))];
    }

    /// <summary>The classes' names in label order.</summary>
    public required IReadOnlyList<string> ClassNames
    {
        get => _classNames;
        init => _classNames = [.. value ?? throw new ArgumentNullException(nameof(ClassNames))];
    }

    /// <summary>The label of the first class: 0, but 1 for EMNIST letters.</summary>
    public int FirstLabel { get; init; }

    /// <summary>Which column of the label table is the label, zero-based; null if the labels are no table.</summary>
    public int? LabelField { get; init; }

    /// <summary>Whether the images are stored with height and width swapped, as EMNIST's are.</summary>
    public bool IsTransposed { get; init; }

    /// <summary>Terms of use, as far as they are known.</summary>
    public required string License { get; init; }

    /// <summary>The work to cite.</summary>
    public required string Citation { get; init; }

    /// <summary>The folder in the user's cache; several sets that come in one archive share one.</summary>
    internal string CacheName { get; init; } = "";

    /// <summary>The folder that torchvision keeps the set in, in any case.</summary>
    internal string TorchvisionName => CacheName.Length > 0
        ? CacheName
        : Title.Replace("Kuzushiji-", "K", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);

    /// <summary>
    /// Finds the four files by their usual names, in any case, raw or gzipped: in a folder, or where torchvision puts them below it, for
    /// example in <c>MNIST/raw</c>. Their content is not checked.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, or it is a file.</exception>
    /// <exception cref="FileNotFoundException">
    /// Files are missing; the message names each, and where files of these names lie below the folder, if there are any.
    /// </exception>
    public MnistFiles Find(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        return new DatasetFolder(this, directory).Find();
    }

    /// <summary>
    /// Gives the four files, each verified by its SHA-256: those that are in the folder already, and the others from the first mirror that
    /// has them. A file that is there but wrong is replaced. Files appear under their names only when they are whole and right; one of
    /// several processes downloads, while the others wait for it.
    /// </summary>
    /// <remarks>
    /// What a broken or cancelled download has brought stays as <c>NAME.part</c>, and the next call goes on from there. An archive that
    /// files are taken from stays in the folder, since other sets are in it, and may be deleted.
    /// </remarks>
    /// <param name="directory">
    /// The folder, which is made if it does not exist; null for the user's cache, <see cref="DatasetCache"/>.
    /// </param>
    /// <param name="httpClient">
    /// What fetches the files; null for a client of the library's own, which follows the system's proxy settings.
    /// </param>
    /// <param name="progress">
    /// Receives the progress of each download, on the thread that downloads. Nothing is reported for files that exist.
    /// </param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <exception cref="HttpRequestException">A file can't be had from any mirror; the message lists why not from each.</exception>
    /// <exception cref="IOException">The folder can't be written to.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<MnistFiles> DownloadAsync(
        string? directory = null,
        HttpClient? httpClient = null,
        IProgress<DownloadProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        DownloadAsync(directory, httpClient, progress, new DownloadSettings(), cancellationToken);

    /// <inheritdoc cref="DownloadAsync(string?, HttpClient?, IProgress{DownloadProgress}?, CancellationToken)"/>
    internal Task<MnistFiles> DownloadAsync(
        string? directory,
        HttpClient? httpClient,
        IProgress<DownloadProgress>? progress,
        DownloadSettings settings,
        CancellationToken cancellationToken)
    {
        var folder = directory ?? DatasetCache.GetDirectory(CacheName.Length > 0 ? CacheName : Name);
        ArgumentException.ThrowIfNullOrEmpty(folder, nameof(directory));
        return new DatasetDownloader(this, folder, httpClient, progress, settings).RunAsync(cancellationToken);
    }
}
