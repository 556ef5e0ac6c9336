using TorchSharp;

namespace MnistML.Network;

/// <summary>The settings of libtorch under which a training runs on its thread; disposing puts the caller's back.</summary>
internal sealed class TorchSettings : IDisposable
{
    private readonly int _callersThreadCount = torch.get_num_threads();
    private readonly IDisposable _gradients = torch.enable_grad();

    /// <param name="threadCount">Threads that libtorch computes with; null for the caller's number.</param>
    public TorchSettings(int? threadCount) => SetThreadCount(threadCount ?? _callersThreadCount);

    public void Dispose()
    {
        SetThreadCount(_callersThreadCount);
        _gradients.Dispose();
    }

    private static void SetThreadCount(int count)
    {
        if (torch.get_num_threads() != count)
        {
            torch.set_num_threads(count);
        }
    }
}
