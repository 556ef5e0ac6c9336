namespace MnistML.Samples.Reports;

/// <summary>How long something takes, as people read it on a clock.</summary>
internal static class Duration
{
    /// <summary>Minutes and seconds, such as 5:00, and from one hour on hours too, such as 1:05:00 or 26:00:00.</summary>
    public static string Format(TimeSpan duration) => duration.TotalHours < 1
        ? $"{duration:m\\:ss}"
        : $"{(long)duration.TotalHours}:{duration:mm\\:ss}";
}
