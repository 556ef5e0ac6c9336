using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>The warnings that the trainer writes into the log of its context, for as long as this listens.</summary>
internal sealed partial class TrainingLog : IDisposable
{
    /// <summary>What the library calls its options, and what the command line does.</summary>
    private static readonly Dictionary<string, string> Arguments = new()
    {
        [nameof(MlpTrainer.Options.MaxEpochs)] = "--epochs",
        ["the learning rate"] = "--lr",
    };

    private readonly ConcurrentQueue<string> _warnings = new();
    private readonly MLContext _mlContext;

    public TrainingLog(MLContext mlContext)
    {
        _mlContext = mlContext;
        mlContext.Log += Collect;
    }

    /// <summary>Writes a line for each warning.</summary>
    public void Write(IAnsiConsole console)
    {
        foreach (var warning in _warnings)
        {
            console.MarkupLineInterpolated($"[yellow]Warning: {OptionNames().Replace(warning, name => Arguments[name.Value])}[/]");
        }
    }

    public void Dispose() => _mlContext.Log -= Collect;

    private void Collect(object? sender, LoggingEventArgs entry)
    {
        if (entry.Kind == ChannelMessageKind.Warning && entry.Source.StartsWith(nameof(MlpTrainer), StringComparison.Ordinal))
        {
            _warnings.Enqueue(entry.RawMessage);
        }
    }

    [GeneratedRegex($@"\b({nameof(MlpTrainer.Options.MaxEpochs)}|the learning rate)\b")]
    private static partial Regex OptionNames();
}
