namespace MnistML.Datasets.Download;

/// <summary>Time-outs and retries of a download.</summary>
internal sealed record DownloadSettings
{
    /// <summary>
    /// From asking a server to the beginning of its answer: as long as slow ones take, and for two mirrors together well under 15 seconds.
    /// </summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a server may pause in the middle of a file.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The number of retries after a transient fault.</summary>
    public int RetryCount { get; init; } = 3;

    /// <summary>The wait before the first retry; it doubles from one to the next.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often to check whether another process has finished its download.</summary>
    public TimeSpan LockInterval { get; init; } = TimeSpan.FromMilliseconds(100);
}
