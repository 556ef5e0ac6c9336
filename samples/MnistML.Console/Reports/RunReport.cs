using System.Text.Json;
using Microsoft.ML.Data;
using MnistML.Samples.Data;

namespace MnistML.Samples.Reports;

/// <summary>A run's figures as JSON; what does not apply is null.</summary>
internal sealed record RunReport
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    public required DatasetFigures Dataset { get; init; }

    public string? Recipe { get; init; }

    public string? Precision { get; init; }

    public int? Threads { get; init; }

    public IReadOnlyList<EpochFigures>? Epochs { get; init; }

    public required double LoadSeconds { get; init; }

    public double? TrainSeconds { get; init; }

    public required double EvaluateSeconds { get; init; }

    public required MetricFigures Metrics { get; init; }

    public double PeakRssMib { get; } = PeakResidentMemory.InMebibytes();

    public required string ModelPath { get; init; }

    /// <summary>Checks that a report can be written to a file; <c>/dev/stdout</c> is as good as one.</summary>
    public static void EnsureWritable(string path)
    {
        if (!OutputFile.IsDevice(path))
        {
            OutputFile.EnsureWritable("--json", path, "figures.json");
        }
    }

    public void Write(string path)
    {
        var json = JsonSerializer.Serialize(this, Format) + "\n";
        if (OutputFile.IsDevice(path))
        {
            File.WriteAllText(path, json);
        }
        else
        {
            OutputFile.Write(path, temporaryPath => File.WriteAllText(temporaryPath, json));
        }
    }
}

/// <summary>What was trained on and tested with.</summary>
internal sealed record DatasetFigures(string Name, long TrainRows, long TestRows, int Classes)
{
    public static DatasetFigures Of(DigitData data) =>
        new(
            data.Name,
            data.Train.GetRowCount()!.Value,
            data.Test.GetRowCount()!.Value,
            (int)((KeyDataViewType)data.Train.Schema["Label"].Type).Count);
}

/// <summary>An epoch of training; its seconds are wall time.</summary>
internal sealed record EpochFigures(int Epoch, double TrainLoss, double? ValidationAccuracy, double Seconds);

/// <summary>The metrics of the test set.</summary>
internal sealed record MetricFigures(double MicroAccuracy, double MacroAccuracy, double LogLoss, double TopKAccuracy)
{
    public static MetricFigures Of(MulticlassClassificationMetrics metrics) =>
        new(metrics.MicroAccuracy, metrics.MacroAccuracy, metrics.LogLoss, metrics.TopKAccuracy);
}
