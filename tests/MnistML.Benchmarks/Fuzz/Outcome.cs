namespace MnistML.Benchmarks.Fuzz;

/// <summary>The result of loading a spoilt file.</summary>
/// <param name="IsPromised">Whether it was read, or refused by an exception that is promised.</param>
/// <param name="IsAccepted">Whether it was read.</param>
/// <param name="What">The exception, if there was one.</param>
/// <param name="AllocatedBytes">All bytes that were allocated on the way, including garbage.</param>
internal sealed record Outcome(bool IsPromised, bool IsAccepted, string What, long AllocatedBytes)
{
    /// <param name="load">Loads the file.</param>
    /// <param name="isPromised">Whether an exception is a promised one.</param>
    public static Outcome Of(Action load, Func<Exception, bool> isPromised)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            load();
            return new Outcome(IsPromised: true, IsAccepted: true, "accepted", Allocated());
        }
        catch (Exception error)
        {
            return isPromised(error)
                ? new Outcome(IsPromised: true, IsAccepted: false, error.Message, Allocated())
                : new Outcome(IsPromised: false, IsAccepted: false, error.ToString(), Allocated());
        }

        long Allocated() => GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
