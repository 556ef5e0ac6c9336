using System.Diagnostics.Metrics;

namespace MnistML;

/// <summary>
/// What this library measures while it scores and trains, as instruments of <c>System.Diagnostics.Metrics</c>: for <c>dotnet-counters</c>,
/// OpenTelemetry, or a <see cref="MeterListener"/>. Where nobody listens, they cost nothing. Of processes that train together the first
/// counts for all.
/// </summary>
/// <remarks>
/// <list type="table">
/// <listheader><term>Instrument</term><description>What it counts</description></listheader>
/// <item><term><c>mnistml.scoring.rows</c></term><description>rows that networks scored, by <c>Transform</c> and by prediction
/// engines</description></item>
/// <item><term><c>mnistml.scoring.batches</c></term><description>runs of ONNX Runtime that scored them; a prediction engine's batch is one
/// row</description></item>
/// <item><term><c>mnistml.training.rows</c></term><description>rows that were learned from, once for each epoch</description></item>
/// <item><term><c>mnistml.training.batches</c></term><description>updates of the weights</description></item>
/// <item><term><c>mnistml.training.epochs</c></term><description>epochs that ended</description></item>
/// <item><term><c>mnistml.training.epoch.duration</c></term><description>a histogram: seconds of each epoch, without
/// validation</description></item>
/// </list>
/// </remarks>
public static class MlpMetrics
{
    /// <summary>The name of the meter that all instruments belong to.</summary>
    public const string MeterName = "MnistML";

    private static readonly Meter Meter = new(MeterName, typeof(MlpMetrics).Assembly.GetName().Version?.ToString(3));

    private static readonly Counter<long> ScoredRows =
        Meter.CreateCounter<long>("mnistml.scoring.rows", "{row}", "Rows that networks scored.");

    private static readonly Counter<long> ScoredBatches =
        Meter.CreateCounter<long>("mnistml.scoring.batches", "{batch}", "Runs of ONNX Runtime that scored rows.");

    private static readonly Counter<long> TrainedRows =
        Meter.CreateCounter<long>("mnistml.training.rows", "{row}", "Rows that were learned from, once for each epoch.");

    private static readonly Counter<long> TrainedBatches =
        Meter.CreateCounter<long>("mnistml.training.batches", "{batch}", "Updates of the weights.");

    private static readonly Counter<long> TrainedEpochs =
        Meter.CreateCounter<long>("mnistml.training.epochs", "{epoch}", "Epochs of training that ended.");

    private static readonly Histogram<double> EpochDuration =
        Meter.CreateHistogram<double>("mnistml.training.epoch.duration", "s", "Seconds of each epoch, without validation.");

    /// <summary>Records one run of a network over rows.</summary>
    internal static void RecordScoring(int rowCount)
    {
        ScoredRows.Add(rowCount);
        ScoredBatches.Add(1);
    }

    /// <summary>Records one update of the weights.</summary>
    internal static void RecordUpdate(long rowCount)
    {
        TrainedRows.Add(rowCount);
        TrainedBatches.Add(1);
    }

    /// <summary>Records an epoch that ended.</summary>
    internal static void RecordEpoch(double seconds)
    {
        TrainedEpochs.Add(1);
        EpochDuration.Record(seconds);
    }
}
