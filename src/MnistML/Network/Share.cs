namespace MnistML.Network;

/// <summary>The part of a number of things that one of several workers does.</summary>
internal readonly record struct Share(int Start, int Count)
{
    public int End => Start + Count;

    /// <summary>Shares that follow each other and differ by 1 at most.</summary>
    public static Share Of(int total, int worker, int workerCount)
    {
        var start = (int)((long)total * worker / workerCount);
        return new Share(start, (int)((long)total * (worker + 1) / workerCount) - start);
    }
}
