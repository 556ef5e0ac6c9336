using System.Runtime.CompilerServices;
using Microsoft.ML;
using MnistML.Native;
using MnistML.Tests.Support;

namespace MnistML.Tests.Native;

/// <summary>On a processor without tile registers nothing is to be done, and these tests say that it is not.</summary>
[Platform("Linux", Reason = "Elsewhere exceptions do not come from signals.")]
internal sealed class SignalStackTests
{
    private const int MinBytes = 1 << 16;

    [Test]
    public void EnsureLoaded_OnANewThread_GivesItRoomForTileRegisters()
    {
        var (before, after, again) = (0L, 0L, 0L);
        var thread = new Thread(() =>
        {
            before = SignalStack.CurrentBytes;
            LibTorch.EnsureLoaded();
            after = SignalStack.CurrentBytes;
            LibTorch.EnsureLoaded();
            again = SignalStack.CurrentBytes;
        });
        thread.Start();
        thread.Join();

        Assert.That(after, ProcessorAbilities.HasTileRegisters ? Is.GreaterThanOrEqualTo(MinBytes) : Is.EqualTo(before));
        Assert.That(again, Is.EqualTo(after));
    }

    /// <summary>Without that room the process ends here.</summary>
    [Test]
    public void Fit_InBFloat16_LeavesAThreadOnWhichANullReferenceThrows()
    {
        var mlContext = new MLContext(seed: 1);
        var options = new MlpTrainer.Options { HiddenLayers = [64], MaxEpochs = 1, Precision = MlpPrecision.BFloat16 };
        Exception? thrown = null;
        var thread = new Thread(() =>
        {
            new MlpTrainer(mlContext, options).Fit(Tables.Clusters(mlContext, rows: 600)).Dispose();
            try
            {
                LengthOf(null!);
            }
            catch (NullReferenceException exception)
            {
                thrown = exception;
            }
        });
        thread.Start();
        thread.Join();

        Assert.That(thrown, Is.Not.Null);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int LengthOf(string text) => text.Length;
}
