namespace MnistML.Network;

/// <summary>How many threads a training takes where the user leaves it open, and how many of them work on one network.</summary>
internal static class ThreadRule
{
    /// <summary>Products of a batch take so many multiplications before a further thread's share of them is worth more than waiting for it.</summary>
    private const long FewestMultiplicationsOfThread = 1 << 20;

    /// <summary>Fewer rows would leave a thread more to read of the weights than to do with them.</summary>
    private const int FewestRowsOfThread = 8;

    /// <summary>
    /// A thread for each physical core that the process may use. A second thread on a core adds nothing to matrix products, which keep all of its
    /// arithmetic units busy.
    /// </summary>
    public static int PhysicalCores { get; } = Math.Min(Environment.ProcessorCount, CountPhysicalCores("/sys/devices/system/cpu") ?? int.MaxValue);

    /// <summary>The threads that share the work on each batch: a function of the network and the batch alone.</summary>
    public static int WorkersFor(int threadCount, MlpArchitecture architecture, int batchSize)
    {
        var byWork = architecture.Layers.Sum(layer => layer.WeightCount) * batchSize / FewestMultiplicationsOfThread;
        return (int)Math.Clamp(Math.Min(byWork, batchSize / FewestRowsOfThread), 1, threadCount);
    }

    /// <summary>The different sets of siblings among Linux's processors; null elsewhere.</summary>
    internal static int? CountPhysicalCores(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return null;
        }

        try
        {
            var cores = Directory.EnumerateDirectories(folder, "cpu*")
                .Select(processor => Path.Combine(processor, "topology", "thread_siblings_list"))
                .Where(File.Exists)
                .Select(File.ReadAllText)
                .Distinct()
                .Count();
            return cores > 0 ? cores : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
