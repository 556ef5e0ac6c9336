using MnistML.Native;
using MnistML.Network.Workers;
using TorchSharp;

namespace MnistML.Tests.Network.Workers;

internal sealed class WorkerTeamTests
{
    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Run_OfManyPieces_DoesEachOnceOnEachThreadAndInTurn([Values(1, 2, 5)] int count)
    {
        using var team = new WorkerTeam(count);
        var done = new int[count];
        var threads = new int[count];
        for (var piece = 0; piece < 500; piece++)
        {
            var expected = piece;
            team.Run(worker =>
            {
                // A piece begins only when all have ended the one before.
                Assert.That(done.Min(), Is.GreaterThanOrEqualTo(expected));
                done[worker]++;
                threads[worker] = Environment.CurrentManagedThreadId;
            });
            Assert.That(done, Is.All.EqualTo(piece + 1));
        }

        Assert.That(threads, Is.Unique.And.Contains(Environment.CurrentManagedThreadId));
    }

    [Test]
    public void Run_AfterALongPause_WakesThemAll()
    {
        using var team = new WorkerTeam(3);
        var done = 0;
        Thread.Sleep(100); // longer than they turn before they sleep

        team.Run(_ => Interlocked.Increment(ref done));

        Assert.That(done, Is.EqualTo(3));
    }

    [TestCase(0)]
    [TestCase(2)]
    public void Run_OfWorkThatFails_ThrowsAndGoesOn(int failing)
    {
        using var team = new WorkerTeam(3);
        var done = 0;

        Assert.That(
            () => team.Run(worker =>
            {
                if (worker == failing)
                {
                    throw new InvalidOperationException("as it should");
                }
            }),
            Throws.InvalidOperationException.With.Message.EqualTo("as it should"));
        team.Run(_ => Interlocked.Increment(ref done));

        Assert.That(done, Is.EqualTo(3));
    }

    [Test]
    public void Run_OnItsThreads_ComputesWithOneThreadOfLibTorchAndNoGradients()
    {
        using var team = new WorkerTeam(3);
        var settings = new (int Threads, bool Gradients)[3];

        team.Run(worker => settings[worker] = (torch.get_num_threads(), torch.is_grad_enabled()));

        Assert.That(settings[1..], Is.All.EqualTo((1, false)));
    }
}
