namespace MnistML.Benchmarks.Fuzz;

/// <summary>A loader that is given spoilt files.</summary>
/// <param name="folder">Where it writes them; each in the place of the one before.</param>
internal abstract class FuzzTarget(string folder) : IDisposable
{
    /// <summary>What the files are.</summary>
    public abstract string Things { get; }

    /// <summary>The most bytes that loading one may allocate, garbage included.</summary>
    public abstract long MaxAllocatedBytes { get; }

    protected string Folder => folder;

    /// <summary>Loads what must be right.</summary>
    public abstract void WarmUp();

    /// <summary>Makes a spoilt file of random numbers, and loads it.</summary>
    public abstract Outcome Load(Random random);

    /// <summary>Checks what may be left after all of them.</summary>
    public virtual void CheckAfterwards(Verdict verdict)
    {
    }

    public virtual void Dispose()
    {
    }
}
