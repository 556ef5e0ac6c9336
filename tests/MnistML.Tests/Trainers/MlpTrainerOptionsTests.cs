using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>Options as a user meets them: through <c>Fit</c>, over views.</summary>
internal sealed class MlpTrainerOptionsTests
{
    private static readonly MlpTrainer.Options Small = new() { HiddenLayers = [8], BatchSize = 8, MaxEpochs = 5, Seed = 1 };

    private readonly MLContext _mlContext = new();

    [Test]
    public void Fit_WithValidationData_MeasuresAllItsRowsAfterEachEpoch()
    {
        var validation = Tables.Clusters(_mlContext, rows: 37, seed: 2);

        using var model = new MlpTrainer(_mlContext, Small).Fit(Tables.Clusters(_mlContext, rows: 60), validation);

        var metrics = _mlContext.MulticlassClassification.Evaluate(model.Transform(validation));
        Assert.That(model.History.Select(epoch => epoch.ValidationLoss), Has.None.Null);
        Assert.That(model.History[^1].ValidationLoss, Is.EqualTo(metrics.LogLoss).Within(1e-6));
        Assert.That(model.History[^1].ValidationAccuracy, Is.EqualTo(metrics.MicroAccuracy).Within(1e-12));
    }

    [Test]
    public void Fit_WithValidationData_LearnsNothingFromIt()
    {
        var train = Tables.Clusters(_mlContext, rows: 60);

        Assert.That(Bits(Small, train, Tables.Clusters(_mlContext, rows: 37, seed: 2)), Is.EqualTo(Bits(Small, train)));
    }

    [Test]
    public void Fit_WithAValidationFraction_TrainsOnTheOthers()
    {
        using var model = new MlpTrainer(_mlContext, Small with { ValidationFraction = 0.25 }).Fit(Tables.Clusters(_mlContext, rows: 60));

        Assert.That(model.History.Select(epoch => Math.Round(epoch.RowsPerSecond * epoch.Seconds)), Is.All.EqualTo(45));
        Assert.That(model.History.Select(epoch => Math.Round(epoch.ValidationAccuracy!.Value * 15, 6) % 1), Is.All.Zero);
        Assert.That(model.History.Select(epoch => epoch.ValidationLoss), Has.None.Null);
    }

    [Test]
    public void Fit_WithEarlyStopping_StopsAndGivesTheBestWeights()
    {
        // A learning rate at which the loss soon rises again.
        var options = Small with
        {
            Optimizer = MlpOptimizer.AdamW(0.5),
            Schedule = MlpSchedule.Constant,
            MaxEpochs = 200,
            EarlyStopping = new MlpEarlyStopping(3),
        };
        var validation = Tables.Clusters(_mlContext, rows: 37, seed: 2, spread: 4);

        using var model = new MlpTrainer(_mlContext, options).Fit(Tables.Clusters(_mlContext, rows: 60, spread: 4), validation);

        double[] losses = [.. model.History.Select(epoch => epoch.ValidationLoss!.Value)];
        var best = Array.IndexOf(losses, losses.Min());
        Assert.That(losses, Has.Length.EqualTo(best + 1 + 3));
        Assert.That(
            _mlContext.MulticlassClassification.Evaluate(model.Transform(validation)).LogLoss, Is.EqualTo(losses[best]).Within(1e-5));
    }

    [Test]
    public void Fit_WithUnclearValidation_SaysWhatToChange()
    {
        var data = Tables.Clusters(_mlContext, rows: 60);

        Assert.That(
            () => new MlpTrainer(_mlContext, Small with { ValidationFraction = 0.1 }).Fit(data, data),
            Throws.ArgumentException.With.Message.StartsWith(
            "There is validation data, and ValidationFraction is 0.1; give one of the two."));
        Assert.That(
            () => new MlpTrainer(_mlContext, Small with { EarlyStopping = new MlpEarlyStopping() }).Fit(data),
            Throws.ArgumentException.With.Message.StartsWith(
            "EarlyStopping is on, but there is nothing to validate with; pass validation data to Fit, or set ValidationFraction, "
            + "to 0.1 for example."));
    }

    [Test]
    public void Fit_WithValidationDataOfAnotherForm_SaysWhatDiffers()
    {
        var train = Text("a", "b");
        var mapping = _mlContext.Transforms.Conversion.MapValueToKey("Label");
        var keyed = mapping.Fit(train).Transform(train);
        var others = Text("b", "a");

        Assert.That(
            () => new MlpTrainer(_mlContext, Small).Fit(keyed, Tables.Clusters(_mlContext, rows: 9)),
            Throws.ArgumentException.With.Message.EqualTo(
            "The validation data has 2 features and 3 classes, but the training data has 2 and 2. "
            + "Both must come from one fitted pipeline."));
        Assert.That(
            () => new MlpTrainer(_mlContext, Small).Fit(keyed, mapping.Fit(others).Transform(others)),
            Throws.ArgumentException.With.Message.EqualTo(
            "The classes of the validation data are b, a, but those of the training data a, b, in the order of their keys. Both must come "
            + "from one fitted pipeline."));

        IDataView Text(params string[] labels) =>
            _mlContext.Data.LoadFromEnumerable(labels.Select(label => new TextPoint { Features = [1, 2], Label = label }));
    }

    [Test]
    public void Fit_WhenCancelled_ThrowsOrGivesTheModelSoFar()
    {
        var data = Tables.Clusters(_mlContext, rows: 60);
        using var cancellation = new CancellationTokenSource();
        var options = Small with
        {
            MaxEpochs = 1_000,
            Schedule = MlpSchedule.Constant,
            CancellationToken = cancellation.Token,
            Progress = new Listener(progress =>
            {
                if (progress.Epoch == 3)
                {
                    cancellation.Cancel();
                }
            }),
        };

        using var model = new MlpTrainer(_mlContext, options with { OnCancellation = MlpOnCancellation.ReturnBest }).Fit(data);

        Assert.That(model.History, Has.Count.EqualTo(3));
        Assert.That(ToBits(model), Is.EqualTo(Bits(options with { MaxEpochs = 3, CancellationToken = default }, data)));
        Assert.That(() => new MlpTrainer(_mlContext, options).Fit(data), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(
            () => new MlpTrainer(_mlContext, options with { OnCancellation = MlpOnCancellation.ReturnBest }).Fit(data),
            Throws.InstanceOf<OperationCanceledException>(), "before anything was learnt");
    }

    [Test]
    public void Fit_WhenCancelledWithValidation_GivesTheBestEpoch()
    {
        var validation = Tables.Clusters(_mlContext, rows: 37, seed: 2, spread: 4);
        using var cancellation = new CancellationTokenSource();
        var options = Small with
        {
            MaxEpochs = 40,
            Optimizer = MlpOptimizer.AdamW(0.5),
            Schedule = MlpSchedule.Constant,
            CancellationToken = cancellation.Token,
            OnCancellation = MlpOnCancellation.ReturnBest,
            Progress = new Listener(progress =>
            {
                if (progress.Epoch == 30)
                {
                    cancellation.Cancel();
                }
            }),
        };

        using var model = new MlpTrainer(_mlContext, options).Fit(Tables.Clusters(_mlContext, rows: 60, spread: 4), validation);

        var best = model.History.Min(epoch => epoch.ValidationLoss!.Value);
        Assert.That(model.History[^1].ValidationLoss, Is.GreaterThan(best));
        Assert.That(_mlContext.MulticlassClassification.Evaluate(model.Transform(validation)).LogLoss, Is.EqualTo(best).Within(1e-5));
    }

    [Test]
    public void Fit_OfAView_WritesALineForEachEpochToTheLog()
    {
        var lines = new List<string>();
        var mlContext = new MLContext();
        mlContext.Log += (_, log) => lines.Add(log.Message);

        using var model = new MlpTrainer(mlContext, Small with { ValidationFraction = 0.2 }).Fit(Tables.Clusters(mlContext, rows: 60));

        for (var epoch = 1; epoch <= 5; epoch++)
        {
            Assert.That(lines, Has.Exactly(1).Match(
                $@"Epoch {epoch}/5: training loss \d\.\d{{4}}, accuracy \d\.\d{{4}}, validation loss \d\.\d{{4}}, accuracy \d\.\d{{4}}, "
                + @"learning rate \S+, \d+\.\d\d s, \d+ rows/s"));
        }
    }

    [Test]
    public void Fit_FromAnInitialModel_BeginsWithIt(
        [Values(MlpFeatureScaling.None, MlpFeatureScaling.Standardize)] MlpFeatureScaling scaling, [Values] bool batchNormalization)
    {
        var data = Tables.Clusters(_mlContext, rows: 60);
        using var first = new MlpTrainer(_mlContext, Small with { MaxEpochs = 30 }).Fit(data);
        var options = Small with
        {
            FeatureScaling = scaling,
            BatchNormalization = batchNormalization,
            Optimizer = MlpOptimizer.Sgd(1e-30),
            BatchSize = 60,
            MaxEpochs = 1
        };

        using var second = new MlpTrainer(_mlContext, options).Fit(data, validationData: data, first.Model);

        // Nothing is learnt, so that the second gives what the first gave; batch normalisation's averages move a little.
        var loss = _mlContext.MulticlassClassification.Evaluate(first.Transform(data)).LogLoss;
        Assert.That(second.History[0].ValidationLoss, Is.EqualTo(loss).Within(batchNormalization ? 0.01 : 1e-5));
        Assert.That(second.History[0].TrainLoss, Is.EqualTo(loss).Within(batchNormalization ? 0.01 : 1e-5));
    }

    [Test]
    public void Fit_FromAnInitialModelOfAnotherShape_NamesBoth()
    {
        var data = Tables.Clusters(_mlContext, rows: 60);

        Assert.That(
            () => new MlpTrainer(_mlContext, Small)
                .Fit(data, null, Networks.Random(new MlpArchitecture(2, [9], 3, MlpActivation.Tanh), seed: 1)),
            Throws.ArgumentException.With.Message.StartsWith(
                "The initial model is 2-9-3 with Tanh, but the data and the options ask for 2-8-3 with Relu; both must be the same."));
    }

    [Test]
    public void Fit_AboveTheCache_StreamsAndLearnsAsWell()
    {
        // 6,000 rows of 200 features take 4.8 MB. The view is asked for again for each epoch.
        var rows = Wide(6_000);
        var passes = 0;
        var data = new CountingView(_mlContext.Data.LoadFromEnumerable(rows), () => Interlocked.Increment(ref passes));
        var options = Small with { HiddenLayers = [16], MaxEpochs = 3, BatchSize = 64, MaxCacheBytes = 1 << 20 };

        using var streamed = new MlpTrainer(_mlContext, options).Fit(data);
        var streamedPasses = passes;
        using var cached = new MlpTrainer(_mlContext, options with { MaxCacheBytes = 1 << 30 }).Fit(data);

        Assert.That((streamedPasses, passes - streamedPasses), Is.EqualTo((1 + 3, 1)));
        Assert.That(Accuracy(streamed), Is.GreaterThan(0.95).And.EqualTo(Accuracy(cached)).Within(0.03));
        Assert.That(Bits(options, data), Is.EqualTo(ToBits(streamed)), "the same seed");

        double Accuracy(MlpTransformer model) => _mlContext.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy;
    }

    [Test]
    public void Fit_AboveTheCacheWithValidation_GivesTheSameSplitAsBelowIt()
    {
        var data = _mlContext.Data.LoadFromEnumerable(Wide(6_000));
        var options = Small with
        {
            HiddenLayers = [],
            MaxEpochs = 2,
            ValidationFraction = 0.1,
            Optimizer = MlpOptimizer.Sgd(1e-30),
            MaxCacheBytes = 1 << 20
        };

        using var streamed = new MlpTrainer(_mlContext, options).Fit(data);
        using var cached = new MlpTrainer(_mlContext, options with { MaxCacheBytes = 1 << 30 }).Fit(data);

        Assert.That(streamed.History[0].ValidationLoss, Is.EqualTo(cached.History[0].ValidationLoss!.Value).Within(1e-9));
        Assert.That(streamed.History[0].TrainLoss, Is.EqualTo(cached.History[0].TrainLoss).Within(1e-5));
    }

    [Test]
    public void Fit_WithManyAtOnce_GivesEachTheSameBits()
    {
        var data = Tables.Clusters(_mlContext, rows: 60);
        var trainer = new MlpTrainer(
            _mlContext, Small with { DropoutRate = 0.2, BatchNormalization = true, ValidationFraction = 0.2, ThreadCount = 1 });
        using var first = trainer.Fit(data);

        var others = Enumerable.Range(0, 6).AsParallel().WithDegreeOfParallelism(6).Select(_ =>
        {
            using var model = trainer.Fit(data);
            return ToBits(model);
        }).ToArray();

        Assert.That(others, Is.All.EqualTo(ToBits(first)));
    }

    [Test]
    public void Fit_OnADeviceThatIsNotThere_SaysSoBeforeReading() => Assert.That(
        () => new MlpTrainer(_mlContext, Small with { Device = "cuda:99" }).Fit(_mlContext.Data.LoadFromEnumerable<KeyedPoint>([])),
        Throws.ArgumentException.With.Message.StartsWith("There is no device 'cuda:99'."));

    private int[] Bits(MlpTrainer.Options options, IDataView data, IDataView? validation = null)
    {
        using var model = new MlpTrainer(_mlContext, options).Fit(data, validation);
        return ToBits(model);
    }

    private static int[] ToBits(MlpTransformer model) =>
        [.. model.Model.Layers.SelectMany(layer => layer.Weights.ToArray().Concat(layer.Biases.ToArray()))
            .Select(BitConverter.SingleToInt32Bits)];

    private static WideRow[] Wide(int count)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(0, count).Select(row => new WideRow
            {
                Features = [.. Enumerable.Range(0, 200).Select(slot => random.NextSingle() + (slot % 2 == row % 2 ? 0.3f : 0))],
                Label = (uint)(row % 2),
            }),
        ];
    }

    private sealed class WideRow
    {
        [VectorType(200)]
        public float[] Features { get; set; } = [];

        [KeyType(2)]
        public uint Label { get; set; }
    }

    /// <summary>Tells of each cursor that is asked for.</summary>
    private sealed class CountingView(IDataView view, Action asked) : IDataView
    {
        public bool CanShuffle => view.CanShuffle;

        public DataViewSchema Schema => view.Schema;

        public long? GetRowCount() => view.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            asked();
            return view.GetRowCursor(columnsNeeded, rand);
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            view.GetRowCursorSet(columnsNeeded, n, rand);
    }
}
