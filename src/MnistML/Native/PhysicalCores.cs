namespace MnistML.Native;

/// <summary>The processor's cores, as opposed to the logical processors that .NET counts.</summary>
internal static class PhysicalCores
{
    /// <summary>
    /// The physical cores that the process may use. A second thread on a core adds nothing to matrix products, which keep all of its arithmetic units busy.
    /// </summary>
    public static int Count { get; } = Math.Min(Environment.ProcessorCount, CountIn("/sys/devices/system/cpu") ?? int.MaxValue);

    /// <summary>The number of different sets of sibling processors in a folder of Linux's <c>sysfs</c>; null if it does not exist or cannot be read.</summary>
    internal static int? CountIn(string folder)
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
