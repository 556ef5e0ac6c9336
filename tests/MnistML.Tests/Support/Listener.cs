namespace MnistML.Tests.Support;

/// <summary>Passes reports on at once, on the thread that makes them.</summary>
internal sealed class Listener(Action<MlpProgress> report) : IProgress<MlpProgress>
{
    public void Report(MlpProgress value) => report(value);
}
