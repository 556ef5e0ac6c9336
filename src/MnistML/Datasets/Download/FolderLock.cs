namespace MnistML.Datasets.Download;

/// <summary>
/// Locks a folder, so that one process at a time changes it. The lock is a file that is held open; the file itself stays, since deleting it
/// would let two processes hold a lock on two files of one name.
/// </summary>
internal sealed class FolderLock : IDisposable
{
    private const string FileName = ".download.lock";

    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Waits until no other process has the folder.</summary>
    /// <exception cref="UnauthorizedAccessException">The folder can't be written to.</exception>
    public static async Task<FolderLock> TakeAsync(string directory, TimeSpan interval, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, FileName);
        while (true)
        {
            try
            {
                return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(interval, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public void Dispose() => _file.Dispose();
}
