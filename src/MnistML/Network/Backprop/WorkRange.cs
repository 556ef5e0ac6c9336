namespace MnistML.Network.Backprop;

/// <summary>The part of a number of things that one of several workers does.</summary>
internal readonly record struct WorkRange(int Start, int Count)
{
    /// <summary>
    /// Units that stay together: the floats of a cache line. No worker then has a single unit of several, for which libtorch 2.10 gives wrong products in
    /// bfloat16: it takes the one column of a wider matrix for contiguous.
    /// </summary>
    private const int UnitsTogether = 16;

    public int End => Start + Count;

    /// <summary>Shares that follow each other and differ by 1 at most.</summary>
    public static WorkRange Of(int total, int worker, int workerCount)
    {
        var start = (int)((long)total * worker / workerCount);
        return new WorkRange(start, (int)((long)total * (worker + 1) / workerCount) - start);
    }

    /// <summary>Shares of a layer's units: whole groups, the last of which takes what is left.</summary>
    public static WorkRange OfUnits(int total, int worker, int workerCount)
    {
        var groupCount = Math.Max(total / UnitsTogether, 1);
        var groups = Of(groupCount, worker, workerCount);
        var start = groups.Start * UnitsTogether;
        return groups.Count == 0 ? new WorkRange(start, 0) : new WorkRange(start, (groups.End == groupCount ? total : groups.End * UnitsTogether) - start);
    }
}
