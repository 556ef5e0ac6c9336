namespace MnistML.Datasets.Download;

/// <summary>How patient a download is.</summary>
internal sealed record DownloadSettings
{
    /// <summary>
    /// From asking a server to the beginning of its answer: as long as slow ones take, and for two mirrors together well under 15 seconds.
    /// </summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a server may send nothing in the middle of a file.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a mirror is asked again after a fault that may pass.</summary>
    public int RetryCount { get; init; } = 3;

    /// <summary>The wait before the first of these tries, which doubles from one to the next.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often it is looked whether another process has done its download.</summary>
    public TimeSpan LockInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
