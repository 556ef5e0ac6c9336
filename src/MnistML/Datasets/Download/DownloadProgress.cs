namespace MnistML.Datasets;

/// <summary>
/// The progress of the download of a file. Reported when a mirror is asked, then a few times a second, and when the file is complete.
/// </summary>
/// <param name="FileName">The file that is being fetched.</param>
/// <param name="Address">Where it is fetched from.</param>
/// <param name="ReceivedByteCount">Bytes of it that are there, those of an earlier try included.</param>
/// <param name="TotalByteCount">Its size in bytes by what the server says, else by the catalogue; null if neither knows.</param>
public readonly record struct DownloadProgress(string FileName, Uri Address, long ReceivedByteCount, long? TotalByteCount);
