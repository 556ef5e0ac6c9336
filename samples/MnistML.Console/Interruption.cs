using System.Runtime.InteropServices;
using MnistML.Samples.Data;
using MnistML.Samples.Reports;

namespace MnistML.Samples;

/// <summary>
/// Handles Ctrl-C and SIGTERM: the first signal asks the command to stop, the second one ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;

    public Interruption() => _registrations =
        [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref _count) == 1)
        {
            context.Cancel = true;
            _source.Cancel();
            return;
        }

        // The system's default action follows, which ends the process at once; shells report it as 130 or 143.
        Leftovers.Delete();
        Screen.ShowCursor();
    }
}
