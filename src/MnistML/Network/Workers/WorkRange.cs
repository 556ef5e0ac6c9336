namespace MnistML.Network.Workers;

/// <summary>The range of rows or units that one worker processes.</summary>
internal readonly record struct WorkRange(int Start, int Count)
{
    /// <summary>
    /// Units are divided in groups of as many floats as a cache line holds. This also keeps a worker from having a single unit of a wider
    /// layer: there libtorch 2.10 treats the column as contiguous and computes wrong products in bfloat16.
    /// </summary>
    private const int GroupSize = 16;

    public int End => Start + Count;

    /// <summary>What both ranges contain.</summary>
    public WorkRange And(WorkRange other)
    {
        var start = Math.Max(Start, other.Start);
        return new WorkRange(start, Math.Max(Math.Min(End, other.End) - start, 0));
    }

    /// <summary>Divides a total into consecutive ranges whose sizes differ by at most 1.</summary>
    public static WorkRange Of(int total, int worker, int workerCount)
    {
        var start = (int)((long)total * worker / workerCount);
        return new WorkRange(start, (int)((long)total * (worker + 1) / workerCount) - start);
    }

    /// <summary>Divides a layer's units into ranges of whole groups; the last group takes the remainder.</summary>
    public static WorkRange OfUnits(int total, int worker, int workerCount)
    {
        var groupCount = Math.Max(total / GroupSize, 1);
        var groups = Of(groupCount, worker, workerCount);
        var start = groups.Start * GroupSize;
        var end = groups.End == groupCount ? total : groups.End * GroupSize;
        return new WorkRange(start, groups.Count == 0 ? 0 : end - start);
    }
}
