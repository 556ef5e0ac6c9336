namespace MnistML.Training.Loop;

/// <content>What a training tells while it runs: its progress, and that it diverged.</content>
internal sealed partial class TrainingLoop
{
    private void ThrowIfDiverged(double loss, int epoch, int batch, double learningRate)
    {
        if (!double.IsFinite(loss))
        {
            throw _group.Agree(new MlpDivergenceException(
                FormattableString.Invariant($"The training diverged in epoch {epoch}, batch {batch} of {_plan.BatchCount}: ")
                + FormattableString.Invariant($"the loss is {loss} at a learning rate of {learningRate}, ")
                + $"with {_options.Optimizer}. Try a smaller learning rate, a warm-up (Schedule with WarmUpEpochs), "
                + $"{nameof(_options.GradientClipNorm)} = 1"
                + (_options.FeatureScaling == MlpFeatureScaling.None
                    ? $", or features of one scale ({nameof(_options.FeatureScaling)} = Standardize)." : "."),
                epoch,
                batch,
                learningRate));
        }
    }

    private void ReportBatch(IReadOnlyList<MlpEpochMetrics> history, int batch, double trainLoss)
    {
        if (batch < _plan.BatchCount && _sinceReport.Elapsed.TotalSeconds >= ReportIntervalSeconds)
        {
            Report(history, batch, trainLoss, metrics: null);
        }
    }

    private void Report(IReadOnlyList<MlpEpochMetrics> history, int batch, double trainLoss, MlpEpochMetrics? metrics)
    {
        if (!_group.IsFirst)
        {
            return;
        }

        _sinceReport.Restart();
        var epoch = metrics?.Epoch ?? history.Count + 1;
        _options.Progress?.Report(new MlpProgress
        {
            Epoch = epoch,
            EpochCount = CountEpochs(history),
            Cycle = Choices.Schedule.CycleOf(epoch, _plan.BatchCount),
            Batch = batch,
            BatchCount = _plan.BatchCount,
            TrainLoss = trainLoss,
            Metrics = metrics,
        });
    }
}
