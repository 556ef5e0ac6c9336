namespace MnistML.Benchmarks.Fuzz;

/// <summary>A loader that is given spoilt files.</summary>
/// <param name="folder">The folder that it writes them to. Each file replaces the one before.</param>
internal abstract class FuzzTarget(string folder) : IDisposable
{
    /// <summary>What the files are.</summary>
    public abstract string Things { get; }

    /// <summary>The maximum of bytes that loading one may allocate, including garbage.</summary>
    public abstract long MaxAllocatedBytes { get; }

    protected string Folder => folder;

    /// <summary>Loads a valid file.</summary>
    public abstract void WarmUp();

    /// <summary>Creates a spoilt file by random numbers, and loads it.</summary>
    public abstract Outcome Load(Random random);

    /// <summary>Checks what is left after all of them.</summary>
    public virtual void CheckAfterwards(Verdict verdict)
    {
    }

    public virtual void Dispose()
    {
    }
}
