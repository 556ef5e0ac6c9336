using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>What tables get by default, from the training to the prediction.</summary>
internal sealed class TabularRecipeTests
{
    private static readonly MlpBinaryTrainer.Options Default = new() { LabelColumnName = nameof(TaskRow.Flag) };

    private readonly MLContext _mlContext = new(seed: 1);

    /// <summary>The cube of a log-normal feature decides: a single network that standardises it sees nothing.</summary>
    [Test]
    public void Fit_OfHeavyTails_LearnsThem()
    {
        var (train, test) = (HeavyTails(600, seed: 1), HeavyTails(400, seed: 2));

        using var model = _mlContext.BinaryClassification.Trainers.Mlp(_mlContext, Default).Fit(train);
        using var single = _mlContext.BinaryClassification.Trainers
            .Mlp(_mlContext, Default with { Members = 1, FeatureEncoding = MlpFeatureEncoding.None }).Fit(train);

        Assert.That(AccuracyOn(test, model), Is.GreaterThan(0.9));
        Assert.That(AccuracyOn(test, single), Is.LessThan(0.8));
        Assert.That(model.Model.Members, Has.Count.EqualTo(8));
        Assert.That(model.History.Last(epoch => epoch.OutOfFoldAccuracy is not null).OutOfFoldAccuracy, Is.GreaterThan(0.85));
    }

    /// <summary>Labels that are drawn can only be known by heart, and a member knows no row by heart that it left out.</summary>
    [Test]
    public void Fit_OfDrawnLabels_KnowsNoneOfTheRowsThatAreLeftOut([Values(1L << 30, 1L << 20)] long maxCacheBytes)
    {
        var random = new Random(4);
        var rows = TaskCase.Rows(700, seed: 4);
        Array.ForEach(rows, row => row.Flag = random.Next(2) == 0);
        var data = _mlContext.Data.LoadFromEnumerable(rows);
        var wide = _mlContext.Transforms.Concatenate("Wide", [.. Enumerable.Repeat("Features", 100)]).Fit(data).Transform(data);
        var options = Default with
        {
            FeatureColumnName = "Wide",
            HiddenLayers = [64],
            Members = 2,
            OutOfFold = true,
            FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(8),
            Optimizer = MlpOptimizer.AdamW(0.01),
            DropoutRate = 0,
            MaxEpochs = 40,
            MaxCacheBytes = maxCacheBytes,
            Seed = 1,
        };

        using var model = new MlpBinaryTrainer(_mlContext, options).Fit(wide);

        var last = model.History[^1];
        Assert.That(last.TrainAccuracy, Is.GreaterThan(0.8), "of the rows that each member learns from");
        Assert.That(last.OutOfFoldAccuracy, Is.EqualTo(0.5).Within(0.1), "of the rows that it left out");
    }

    [Test]
    public void Fit_AsItIs_TellsTheLogWhatItChose()
    {
        var messages = new List<string>();
        var mlContext = new MLContext(seed: 1);
        mlContext.Log += (_, log) => messages.Add(log.Message);

        using var model = mlContext.BinaryClassification.Trainers.Mlp(mlContext, Default)
            .Fit(HeavyTails(100, seed: 1));

        var options = messages.Single(message => message.Contains("The features are taken for Table."));
        Assert.That(options, Does.Contain("Members = 8").And.Contain("OutOfFold = True").And.Contain("FeatureScaling = Quantile"));
        Assert.That(options, Does.Contain("FeatureEncoding = PiecewiseLinearEncoding { Bins = 16 }").And.Contain("BatchSize = 64"));
        Assert.That(messages, Has.Some.Contains(", cycle 1: training loss").And.Contains(", out of fold loss"));
        Assert.That(messages, Has.Some.Contains("The logits are divided by a temperature of"));
    }

    /// <summary>The same rows, of which a member left some out, are the most that a calibration may see.</summary>
    [Test]
    public void Fit_WithValidationData_CalibratesOnItWhereNothingIsLeftOut()
    {
        var (train, validation) = (HeavyTails(300, seed: 1), HeavyTails(300, seed: 3));
        var options = Default with { Members = 1, MaxEpochs = 30, OutOfFold = false, Seed = 1 };

        using var plain = new MlpBinaryTrainer(_mlContext, options).Fit(train, validation);
        using var calibrated = new MlpBinaryTrainer(_mlContext, options with { CalibrateTemperature = true }).Fit(train, validation);

        var (before, after) = (LogLossOn(validation, plain), LogLossOn(validation, calibrated));
        Assert.That(after, Is.LessThan(before));
        var ratios = Scores(validation, calibrated).Zip(Scores(validation, plain), (scaled, score) => scaled / score).ToArray();
        Assert.That(ratios, Is.All.EqualTo(ratios[0]).Within(0.01).Percent);
    }

    [Test]
    public void Fit_OfWhatLeavesNothingOut_IsRefused()
    {
        var rows = HeavyTails(20, seed: 1);

        Assert.That(
            () => Fit(Default with { OutOfFold = true, Members = 1 }),
            Throws.ArgumentException.With.Message.Contains("OutOfFold is true, but Members is 1"));
        Assert.That(
            () => Fit(Default with { OutOfFold = true, Members = 30 }),
            Throws.InvalidOperationException.With.Message.StartsWith(
                "OutOfFold is true, but 20 training rows can't be left out by 30 members in turn"));
        Assert.That(
            () => Fit(Default with { CalibrateTemperature = true, MaxEpochs = 2 }),
            Throws.InvalidOperationException.With.Message.StartsWith(
                "CalibrateTemperature is true, but there are no rows to calibrate with"));
        Assert.That(
            () => Fit(Default with { Schedule = MlpSchedule.DoublingCycles() with { WarmUpEpochs = 1 } }),
            Throws.ArgumentException.With.Message.Contains("Schedule has WarmUpEpochs, but DoublingCycles"));
        Assert.That(
            () => Fit(Default with
            {
                Schedule = MlpSchedule.DoublingCycles(),
                EarlyStopping = new MlpEarlyStopping(),
                ValidationFraction = 0.5,
            }),
            Throws.ArgumentException.With.Message.Contains("EarlyStopping is set, but DoublingCycles"));

        void Fit(MlpBinaryTrainer.Options options) => new MlpBinaryTrainer(_mlContext, options).Fit(rows).Dispose();
    }

    [Test]
    public void Fit_ThatIsCancelled_ReturnsTheBestCycleCalibrated()
    {
        using var stop = new CancellationTokenSource();
        var options = Default with
        {
            OnCancellation = MlpOnCancellation.ReturnBest,
            CancellationToken = stop.Token,
            Progress = new Listener(progress =>
            {
                if (progress is { Cycle: 2, Batch: > 0 })
                {
                    stop.Cancel();
                }
            }),
            Seed = 1,
        };
        var train = HeavyTails(300, seed: 1);

        using var cancelled = new MlpBinaryTrainer(_mlContext, options).Fit(train);
        using var oneCycle = new MlpBinaryTrainer(
            _mlContext,
            Default with { Schedule = MlpSchedule.DoublingCycles(cycles: 1), Seed = 1 }).Fit(train);

        Assert.That(cancelled.Model.ComputeHash(), Is.EqualTo(oneCycle.Model.ComputeHash()));
    }

    /// <summary>
    /// A training keeps the temperature of each cycle. One that resumes a finished training must find it anew, from the best cycle's
    /// weights.
    /// </summary>
    [Test]
    public void Fit_FromTheCheckpointOfAFinishedTraining_FindsTheSameTemperature()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(2);
        var rows = TaskCase.Rows(300, seed: 2);
        Array.ForEach(rows, row => row.Flag = random.Next(2) == 0);
        var data = _mlContext.Data.LoadFromEnumerable(rows);
        var options = Default with { CheckpointPath = folder.PathOf("checkpoint.safetensors"), Seed = 1 };

        using var finished = new MlpBinaryTrainer(_mlContext, options).Fit(data);
        using var resumed = new MlpBinaryTrainer(_mlContext, options).Fit(data);

        var best = finished.History.Where(epoch => epoch.OutOfFoldLoss is not null).MinBy(epoch => epoch.OutOfFoldLoss)!;
        Assert.That(best.Epoch, Is.LessThan(finished.History.Count), "the last cycle of drawn labels is not the best");
        Assert.That(resumed.History, Has.Count.EqualTo(finished.History.Count));
        Assert.That(resumed.Model.ComputeHash(), Is.EqualTo(finished.Model.ComputeHash()));
    }

    [Test]
    public void Fit_FromAnEnsemble_KeepsItsColumnsAndBeginsWithItsPredictions()
    {
        var data = HeavyTails(300, seed: 1);
        using var first = new MlpBinaryTrainer(_mlContext, Default with { Seed = 1 }).Fit(data);
        var options = Default with
        {
            MaxEpochs = 1,
            Optimizer = MlpOptimizer.Sgd(1e-12),
            BatchNormalization = false,
            Seed = 2,
        };

        using var next = new MlpBinaryTrainer(_mlContext, options).Fit(data, validationData: null, first.Model);

        Assert.That(next.Model.Encoding, Is.EqualTo(first.Model.Encoding));
        Assert.That(next.Model.Architecture, Is.EqualTo(first.Model.Architecture));
        Assert.That(Scores(data, next), Is.EqualTo(Scores(data, first)).Within(1e-3));
    }

    private IDataView HeavyTails(int rows, int seed)
    {
        var random = new Random(seed);
        return _mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(_ =>
        {
            double[] normal = [.. Enumerable.Range(0, TaskCase.FeatureCount).Select(_ => Normal(random))];
            return new TaskRow
            {
                Features = [.. normal.Select(value => (float)Math.Pow(Math.Exp(2 * value), 3))],
                Flag = normal[0] + normal[1] > 0,
            };
        }).ToArray());
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private double AccuracyOn(IDataView test, MlpTransformer model) =>
        _mlContext.BinaryClassification.Evaluate(model.Transform(test), nameof(TaskRow.Flag)).Accuracy;

    private double LogLossOn(IDataView test, MlpTransformer model) =>
        _mlContext.BinaryClassification.Evaluate(model.Transform(test), nameof(TaskRow.Flag)).LogLoss;

    private static float[] Scores(IDataView data, MlpTransformer model) => [.. model.Transform(data).GetColumn<float>("Score")];
}
