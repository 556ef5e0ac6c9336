namespace MnistML.Web.Service;

/// <summary>What the service logs.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The training \"{Name}\" failed.")]
    public static partial void TrainingFailed(this ILogger logger, Exception exception, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The model of run {Id} can't be used: {Why} Another one is taken.")]
    public static partial void ModelUnusable(this ILogger logger, string id, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "A picture of a stroke can't be read.")]
    public static partial void WarmUpFailed(this ILogger logger, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed.")]
    public static partial void RequestFailed(this ILogger logger, Exception exception, string method, string path);
}
