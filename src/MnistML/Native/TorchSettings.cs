using TorchSharp;

namespace MnistML.Native;

/// <summary>The libtorch settings of a training on its thread; disposing restores the caller's settings.</summary>
internal sealed class TorchSettings : IDisposable
{
    private static readonly Lock Gate = new();
    private static int _trainings;
    private static int _processThreadCount;

    private readonly int _callersThreadCount;
    private readonly IDisposable _gradients = torch.enable_grad();

    /// <param name="threadCount">The number of threads that libtorch computes with.</param>
    public TorchSettings(int threadCount)
    {
        lock (Gate)
        {
            var found = torch.get_num_threads();

            // A thread that asks for the first time gets the last value set on any thread, perhaps by another training.
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

        // Always set, since threads that ask for the first time would otherwise get the workers' setting.
        torch.set_num_threads(_callersThreadCount);
        _gradients.Dispose();
    }
}
