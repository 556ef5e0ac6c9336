namespace MnistML.Samples.Pictures.Commands;

/// <summary>Shows the epochs of a training.</summary>
internal sealed class EpochProgress : IProgress<MlpProgress>
{
    private ProgressLine? _line;

    public void Report(MlpProgress value)
    {
        if (value.Metrics is { } epoch)
        {
            _line ??= new ProgressLine("Epochs", value.EpochCount);
            _line.Report(epoch.Epoch);
        }
    }
}
