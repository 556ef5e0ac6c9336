using System.Reflection;
using Microsoft.ML;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>A context is cancelled by AutoML, or by the extension method of Microsoft.ML.Experimental.</summary>
internal sealed class ContextCancellationTests
{
    private static readonly MlpTrainer.Options Endless = new()
    {
        HiddenLayers = [4],
        MaxEpochs = 100_000_000,
        Schedule = MlpSchedule.Constant,
        BatchSize = 16,
        Seed = 1,
    };

    private static readonly MethodInfo CancelExecution =
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!;

    [Test]
    public void Fit_WhenTheContextIsCancelled_Throws()
    {
        var mlContext = new MLContext(seed: 1);
        var data = Tables.Clusters(mlContext, rows: 60);

        Assert.That(
            () => new MlpTrainer(mlContext, CancelledAfterOneEpoch(mlContext)).Fit(data), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(
            () => new MlpTrainer(mlContext, Endless).Fit(data), Throws.InstanceOf<OperationCanceledException>(), "it stays cancelled");
    }

    [Test]
    public void Fit_WhenTheContextIsCancelledAndTheBestIsWanted_GivesTheModelSoFar()
    {
        var mlContext = new MLContext(seed: 1);
        var data = Tables.Clusters(mlContext, rows: 60);
        var options = CancelledAfterOneEpoch(mlContext) with { OnCancellation = MlpOnCancellation.ReturnBest };

        using var model = new MlpTrainer(mlContext, options).Fit(data);

        Assert.That(model.History, Is.Not.Empty);
    }

    [Test]
    public void Fit_CancelledByTheToken_NamesTheToken()
    {
        var mlContext = new MLContext(seed: 1);
        var data = Tables.Clusters(mlContext, rows: 60);
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.That(
            () => new MlpTrainer(mlContext, Endless with { CancellationToken = source.Token }).Fit(data),
            Throws.InstanceOf<OperationCanceledException>()
                .With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(source.Token));
    }

    /// <summary>The watch must not draw from the context's random numbers at a moment that nobody knows.</summary>
    [Test]
    public void Fit_HoweverLong_LeavesTheContextTheSameSeeds()
    {
        var shortly = SeedsAfter(epochs: 1);

        Assert.That(SeedsAfter(epochs: 1, TimeSpan.FromSeconds(0.5)), Is.EqualTo(shortly));

        static IReadOnlyList<float> SeedsAfter(int epochs, TimeSpan pause = default)
        {
            var mlContext = new MLContext(seed: 1);
            var data = Tables.Clusters(mlContext, rows: 60);
            var first = Endless with { MaxEpochs = epochs, Progress = new Listener(_ => Thread.Sleep(pause)) };
            using var model = new MlpTrainer(mlContext, first).Fit(data);
            using var next = new MlpTrainer(mlContext, Endless with { MaxEpochs = 1, Seed = null }).Fit(data);
            return [.. next.Model.Layers[0].Weights.ToArray()];
        }
    }

    [Test]
    public void Fit_WhereALogsHandlerThrowsOnOtherThreads_Trains()
    {
        var mlContext = new MLContext(seed: 1);
        var thread = Environment.CurrentManagedThreadId;
        var thrown = false;
        mlContext.Log += (_, _) =>
        {
            if (Environment.CurrentManagedThreadId != thread)
            {
                thrown = true;
                throw new InvalidOperationException("Only for the thread that trains.");
            }
        };
        var options = Endless with { MaxEpochs = 1, Progress = new Listener(_ => Thread.Sleep(TimeSpan.FromSeconds(0.5))) };

        using var model = new MlpTrainer(mlContext, options).Fit(Tables.Clusters(mlContext, rows: 60));

        Assert.That(model.History, Has.Count.EqualTo(1));
        Assert.That(thrown, "otherwise this test would show nothing");
    }

    private static MlpTrainer.Options CancelledAfterOneEpoch(MLContext mlContext) => Endless with
    {
        Progress = new Listener(progress =>
        {
            if (progress.Epoch == 1)
            {
                CancelExecution.Invoke(mlContext, []);
            }
        }),
    };
}
