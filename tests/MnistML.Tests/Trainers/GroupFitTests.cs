using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>What processes of a group do together when they fit, and what they do when one of them can't.</summary>
internal sealed class GroupFitTests
{
    private const int Rows = 300;

    private static readonly MlpTrainer.Options Options = new()
    {
        HiddenLayers = [16],
        Members = 1,
        BatchSize = 32,
        MaxEpochs = 3,
        Schedule = MlpSchedule.Constant,
        Precision = MlpPrecision.Single,
        ThreadCount = 1,
        Seed = 1,
    };

    [Test]
    public void Fit_GivesEveryProcessTheSameModelAndHistory_AndReportsInTheFirst()
    {
        var reports = new int[3];
        var models = ThreadGroup.Run(3, group => Fit(group, Options with
        {
            Progress = new Reports(() => reports[group.Rank]++),
            ValidationFraction = 0.2,
        }));

        Assert.Multiple(() =>
        {
            Assert.That(models.Select(model => model.Model.ComputeHash()).Distinct().Count(), Is.EqualTo(1));
            Assert.That(models[2].History, Is.EqualTo(models[0].History));
            Assert.That(reports[0], Is.GreaterThanOrEqualTo(3));
            Assert.That(reports[1..], Is.All.Zero);
        });
    }

    [Test]
    public void Fit_WithoutASeed_TakesThatOfTheFirst()
    {
        var models = ThreadGroup.Run(2, group => Fit(group, Options with { Seed = null }, contextSeed: group.Rank));
        Assert.That(models[1].Model.ComputeHash(), Is.EqualTo(models[0].Model.ComputeHash()));
    }

    [TestCase("Seed")]
    [TestCase("DropoutRate")]
    [TestCase("Precision")]
    [TestCase("OnCancellation")]
    [TestCase("Data")]
    [TestCase("Initial model")]
    public void Fit_OfOtherTrainings_IsRefusedByAll_BeforeTheFirstStep(string name)
    {
        var initial = ThreadGroup.Run(1, group => Fit(group, Options))[0].Model;
        var failures = FailuresOf(3, group =>
        {
            var other = group.Rank == 1;
            return Fit(
                group,
                !other ? Options : name switch
                {
                    "Seed" => Options with { Seed = 2 },
                    "DropoutRate" => Options with { DropoutRate = 0.1 },
                    "Precision" => Options with { Precision = MlpPrecision.BFloat16 },
                    "OnCancellation" => Options with { OnCancellation = MlpOnCancellation.ReturnBest },
                    _ => Options,
                },
                rowCount: other && name == "Data" ? Rows + 1 : Rows,
                initial: other && name == "Initial model" ? initial : null);
        });

        Assert.That(failures, Has.Length.EqualTo(3).And.All.InstanceOf<InvalidOperationException>());
        Assert.That(
            failures.Select(failure => failure.Message),
            Has.All.Contains($"- {name} is ").And.All.Contains("in rank 1").And.All.Contains("in rank 0"));
    }

    [Test]
    public void Fit_CancelledInOne_EndsAllInTheSameStep_WithTheSameWeights([Values] MlpOnCancellation onCancellation)
    {
        var models = new MlpTransformer?[3];
        var failures = FailuresOf(3, group =>
        {
            using var cancellation = new CancellationTokenSource();
            var options = Options with
            {
                MaxEpochs = 100_000,
                OnCancellation = onCancellation,
                CancellationToken = group.Rank == 2 ? cancellation.Token : CancellationToken.None,
            };
            if (group.Rank == 2)
            {
                cancellation.CancelAfter(300);
            }

            return models[group.Rank] = Fit(group, options);
        });

        if (onCancellation == MlpOnCancellation.Throw)
        {
            Assert.That(failures, Has.Length.EqualTo(3).And.All.InstanceOf<OperationCanceledException>());
            Assert.That(failures[0].Message, Does.Not.Contain("Rank"), "the group was not aborted");
        }
        else
        {
            Assert.That(failures, Is.Empty);
            Assert.That(models.Select(model => model!.Model.ComputeHash()).Distinct().Count(), Is.EqualTo(1));
            Assert.That(models[0]!.History, Is.EqualTo(models[2]!.History).And.Not.Empty);
        }
    }

    /// <summary>The rows are read to be counted, to validate, and for each process's share.</summary>
    [TestCase(100)]
    [TestCase(Rows + 100)]
    [TestCase((2 * Rows) + 100)]
    public void Fit_CancelledWhileOneReads_EndsAll(int row)
    {
        var failures = FailuresOf(2, group =>
        {
            using var cancellation = new CancellationTokenSource();
            var read = 0;
            return Fit(
                group,
                Options with { CancellationToken = cancellation.Token },
                reading: () =>
                {
                    if (group.Rank == 1 && ++read == row)
                    {
                        cancellation.Cancel();
                    }
                });
        });
        Assert.That(failures, Has.Length.EqualTo(2).And.All.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Fit_ThatThrowsInOne_EndsAll_WithRankAndCause([Values("reading", "schema", "progress", "nothing to fit")] string when)
    {
        var thrower = when == "progress" ? 0 : 1;
        var failures = FailuresOf(2, group => Fit(
            group,
            Options with
            {
                Progress = when == "progress" ? new Reports(() => throw new InvalidDataException("The screen is gone.")) : null,
                LabelColumnName = when == "schema" && group.Rank == thrower ? "Missing" : "Label",
            },
            rowCount: when == "nothing to fit" && group.Rank == thrower ? 0 : Rows,
            reading: when == "reading" && group.Rank == thrower ? () => throw new InvalidDataException("The disk is gone.") : null));

        Assert.That(failures, Has.Length.EqualTo(2));
        Assert.That(failures[1 - thrower], Is.InstanceOf<ThreadGroup.AbortedException>());
        Assert.That(
            failures[1 - thrower].Message,
            Does.StartWith($"Rank {thrower} of 2: Fit ended with ").And.Contains(failures[thrower].Message));
    }

    [Test]
    public void Fit_ThatDiverges_ThrowsInAll()
    {
        var failures = FailuresOf(2, group => Fit(group, Options with { Optimizer = MlpOptimizer.Sgd(1e30), BatchNormalization = false }));
        Assert.That(failures, Has.Length.EqualTo(2).And.All.InstanceOf<MlpDivergenceException>());
        Assert.That(((MlpDivergenceException)failures[0]).Batch, Is.EqualTo(((MlpDivergenceException)failures[1]).Batch));
    }

    [TestCase("cuda", false, "Device")]
    [TestCase("cpu", true, "SparseFeatures")]
    public void Options_ThatAGroupDoesNotDo_AreRefusedByName(string device, bool isSparse, string name)
    {
        var options = Options with { Device = device, SparseFeatures = isSparse ? true : null };
        Assert.That(
            () => ThreadGroup.Run(1, group => Fit(group, options)),
            Throws.InstanceOf<AggregateException>().With.InnerException.InstanceOf<ArgumentException>().With.Message.Contains(name));
    }

    [Test]
    public void Checkpoint_IsWrittenByTheFirst_AndGoesOnWithAnotherNumberOfProcesses([Values(1, 2, 4)] int resumedBy)
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "training.checkpoint");
        var options = Options with { CheckpointPath = path, ValidationFraction = 0.2 };
        var whole = ThreadGroup.Run(2, group => Fit(group, options with { CheckpointPath = null, MaxEpochs = 4 }))[0];
        ThreadGroup.Run(2, group => Fit(group, options with
        {
            CheckpointPath = group.Rank == 0 ? path : null,
            MaxEpochs = 2,
        }));
        Assert.That(File.Exists(path));

        var resumed = ThreadGroup.Run(resumedBy, group => Fit(group, options with { MaxEpochs = 4 }));

        Assert.That(resumed.Select(model => model.Model.ComputeHash()).Distinct().Count(), Is.EqualTo(1));
        Assert.That(resumed[0].History, Has.Count.EqualTo(4));
        Assert.That(resumed[0].History[^1].TrainLoss, Is.EqualTo(whole.History[^1].TrainLoss).Within(1e-3));
        if (resumedBy == 2)
        {
            Assert.That(resumed[0].Model.ComputeHash(), Is.EqualTo(whole.Model.ComputeHash()), "the bits of an undisturbed training");
        }

        Assert.That(
            () => Fit(group: null, options with { MaxEpochs = 4 }),
            Throws.InvalidOperationException.With.Message.Contains("Order of rows"), "alone, rows come in another order");
    }

    [Test]
    public void Fit_OfEachTask_WorksInAGroup([Values] MlpTask task)
    {
        var models = ThreadGroup.Run(2, group =>
        {
            var mlContext = new MLContext(1);
            var (data, _) = Data(mlContext, Rows, reading: null);
            return task switch
            {
                MlpTask.Binary => new MlpBinaryTrainer(mlContext, new MlpBinaryTrainer.Options { LabelColumnName = "Flag", Group = group })
                    .Fit(data),
                MlpTask.Regression => new MlpRegressionTrainer(
                    mlContext, new MlpRegressionTrainer.Options { LabelColumnName = "Number", Group = group }).Fit(data),
                _ => new MlpTrainer(mlContext, new MlpTrainer.Options { Group = group }).Fit(data),
            };
        });

        // By the rules for tables: members, bins, folds and cycles.
        Assert.That(models[0].Model.Members, Has.Count.GreaterThan(1));
        Assert.That(models[1].Model.ComputeHash(), Is.EqualTo(models[0].Model.ComputeHash()));
        Assert.That(models[1].History, Is.EqualTo(models[0].History));
        Assert.That(models[0].History.Any(epoch => epoch.OutOfFoldLoss is not null));
    }

    private static Exception[] FailuresOf(int size, Func<ThreadGroup, MlpTransformer> work)
    {
        try
        {
            ThreadGroup.Run(size, work);
            return [];
        }
        catch (AggregateException failures)
        {
            return [.. failures.InnerExceptions];
        }
    }

    private static MlpTransformer Fit(
        IMlpGroup? group,
        MlpTrainer.Options options,
        int rowCount = Rows,
        int contextSeed = 1,
        MlpModelParameters? initial = null,
        Action? reading = null)
    {
        var mlContext = new MLContext(contextSeed);
        var (data, validation) = Data(mlContext, rowCount, reading);
        var trainer = new MlpTrainer(mlContext, options with { Group = group });
        return trainer.Fit(data, options.ValidationFraction > 0 ? null : validation, initial);
    }

    private static (IDataView Train, IDataView Validation) Data(MLContext mlContext, int rowCount, Action? reading)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        return (mlContext.Data.LoadFromEnumerable(Draw(rowCount), schema), mlContext.Data.LoadFromEnumerable(Draw(50), schema));

        IEnumerable<Row> Draw(int count)
        {
            var random = new Random(1);
            for (var i = 0; i < count; i++)
            {
                reading?.Invoke();
                var label = random.Next(3);
                yield return new Row
                {
                    Features = [.. Enumerable.Range(0, 6).Select(slot => random.NextSingle() + (slot % 3 == label ? 0.5f : 0))],
                    Label = (uint)label,
                    Flag = label == 1,
                    Number = label + random.NextSingle(),
                };
            }
        }
    }

    private sealed class Row
    {
        [VectorType(6)]
        public float[] Features { get; set; } = [];

        [KeyType(3)]
        public uint Label { get; set; }

        public bool Flag { get; set; }

        public float Number { get; set; }
    }

    private sealed class Reports(Action report) : IProgress<MlpProgress>
    {
        public void Report(MlpProgress value) => report();
    }
}
