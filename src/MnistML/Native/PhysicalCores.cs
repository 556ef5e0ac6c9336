namespace MnistML.Native;

/// <summary>Counts physical cores; .NET counts logical processors.</summary>
internal static partial class PhysicalCores
{
    /// <summary>
    /// The physical cores that the process may use. Matrix products keep all arithmetic units of a core busy, so a second thread on it
    /// gains nothing.
    /// </summary>
    public static int Count { get; } = Math.Min(Environment.ProcessorCount, CountAll() ?? int.MaxValue);

    /// <summary>The cores of the machine; null if the system does not say. Never throws.</summary>
    internal static int? CountAll()
    {
        try
        {
            return OperatingSystem.IsWindows() ? CountOnWindows()
                : OperatingSystem.IsMacOS() ? CountOnMacOS()
                : CountIn("/sys/devices/system/cpu");
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// The number of different sets of sibling processors in a folder of Linux's <c>sysfs</c>; null if it does not exist or cannot be read.
    /// </summary>
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
