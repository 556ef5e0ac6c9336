using System.Diagnostics;

namespace MnistML.Samples.Reports;

/// <summary>How fast a training goes, and how long it will take, by its reports.</summary>
/// <param name="batchSize">Images in a batch.</param>
internal sealed class TrainingPace(int batchSize)
{
    private readonly Stopwatch _sinceFirst = new();
    private double _firstBatches;
    private double _batches;
    private double _allBatches;

    /// <summary>Images a second since the first report; 0 before the second report.</summary>
    public double RowsPerSecond =>
        _sinceFirst.Elapsed.TotalSeconds is > 0 and var seconds ? (_batches - _firstBatches) * batchSize / seconds : 0;

    /// <summary>Null before there is a pace.</summary>
    public TimeSpan? TimeLeft =>
        _batches > _firstBatches ? _sinceFirst.Elapsed * ((_allBatches - _batches) / (_batches - _firstBatches)) : null;

    public void Report(MlpProgress progress)
    {
        _batches = ((progress.Epoch - 1.0) * progress.BatchCount) + progress.Batch;
        _allBatches = (double)progress.EpochCount * progress.BatchCount;
        if (!_sinceFirst.IsRunning)
        {
            _firstBatches = _batches;
            _sinceFirst.Start();
        }
    }
}
