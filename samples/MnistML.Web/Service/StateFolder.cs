namespace MnistML.Web.Service;

/// <summary>
/// The folder of all that the service keeps. One process at a time owns it, by a lock that the system gives back however the process ends.
/// </summary>
internal sealed class StateFolder : IDisposable
{
    private const string LockName = "lock";
    private const string MarkName = "training";

    private readonly FileStream _lock;
    private readonly string _markPath;

    private StateFolder(string path, FileStream fileLock)
    {
        (Folder, _lock) = (path, fileLock);
        _markPath = Path.Combine(path, MarkName);
        if (Directory.Exists(WorkFolder))
        {
            Directory.Delete(WorkFolder, recursive: true); // of a process that was killed
        }
    }

    public string Folder { get; }

    /// <summary>Where trained models are kept.</summary>
    public string RunsFolder => Path.Combine(Folder, "runs");

    /// <summary>Where labelled drawings are kept.</summary>
    public string CorrectionsFolder => Path.Combine(Folder, "corrections");

    /// <summary>Where digits are kept that the library drew.</summary>
    public string DrawnFolder => Path.Combine(Folder, "drawn-digits");

    /// <summary>For files of a training under way.</summary>
    public string WorkFolder => Path.Combine(Folder, "work");

    /// <summary>Opens the folder, which is created.</summary>
    /// <exception cref="IOException">Another process owns it, or it cannot be written.</exception>
    public static StateFolder Open(string path)
    {
        if (File.Exists(path))
        {
            throw new IOException($"--state is '{path}', a file, but must name a folder for models and corrections.");
        }

        var lockPath = Path.Combine(path, LockName);
        try
        {
            Directory.CreateDirectory(path);
            return new StateFolder(path, new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(
                $"The folder '{path}' can't be written ({exception.Message.TrimEnd('.')}): name another one by --state.", exception);
        }
        catch (IOException exception) when (File.Exists(lockPath))
        {
            throw new IOException(
                $"The folder '{path}' is in use by another MnistML.Web: use the page of that one, end it, or name another folder by "
                + "--state.",
                exception);
        }
    }

    /// <summary>Says that a training is under way, should the process be killed.</summary>
    public void Mark(string name) => File.WriteAllText(_markPath, name);

    public void Unmark() => File.Delete(_markPath);

    /// <summary>The training that was under way when the last process ended; null if there was none.</summary>
    public string? TakeMark()
    {
        if (!File.Exists(_markPath))
        {
            return null;
        }

        var name = File.ReadAllText(_markPath);
        Unmark();
        return name;
    }

    public void Dispose() => _lock.Dispose();
}
