using TorchSharp;

namespace MnistML.Native;

/// <summary>The settings of libtorch under which a training runs on its thread; disposing puts the caller's back.</summary>
internal sealed class TorchSettings : IDisposable
{
    private static readonly Lock Gate = new();
    private static int _trainings;
    private static int _processThreadCount;

    private readonly int _callersThreadCount;
    private readonly IDisposable _gradients = torch.enable_grad();

    /// <param name="threadCount">Threads that libtorch computes with.</param>
    public TorchSettings(int threadCount)
    {
        lock (Gate)
        {
            var found = torch.get_num_threads();

            // A thread that asks for the first time is told what was last set anywhere, which a training beside this one may have set.
            _processThreadCount = _trainings++ == 0 ? found : _processThreadCount;
            _callersThreadCount = _trainings > 1 && found == 1 ? _processThreadCount : found;
        }

        UseThreads(threadCount);
    }

    /// <summary>Sets the number of threads that libtorch computes with on this thread.</summary>
    public static void UseThreads(int count)
    {
        if (torch.get_num_threads() != count)
        {
            torch.set_num_threads(count);
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            _trainings--;
        }

        // Always set, since the workers' setting stands for threads that ask for the first time.
        torch.set_num_threads(_callersThreadCount);
        _gradients.Dispose();
    }
}
