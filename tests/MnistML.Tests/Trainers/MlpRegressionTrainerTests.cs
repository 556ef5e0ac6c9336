using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>ML.NET's tools for regression on our model, its losses, the unit of its labels and its warnings.</summary>
internal sealed class MlpRegressionTrainerTests
{
    private const string Label = nameof(TaskRow.Number);

    private static readonly MlpRegressionTrainer.Options Options = new()
    {
        LabelColumnName = Label,
        HiddenLayers = [16],
        BatchSize = 32,
        MaxEpochs = 30,
        DropoutRate = 0,
        Optimizer = MlpOptimizer.AdamW(0.01),
        Seed = 1,
    };

    private readonly MLContext _mlContext = new(seed: 1);
    private IDataView _data = null!;
    private IDataView _test = null!;

    [OneTimeSetUp]
    public void Draw()
    {
        _data = TaskCase.Data(_mlContext, rows: 400);
        _test = TaskCase.Data(_mlContext, rows: 300, seed: 2);
    }

    [Test]
    public void Evaluate_OfPredictions_IsThatOfPlainLoops()
    {
        using var model = Fit(Options);
        var scored = model.Transform(_test);
        var residuals = scored.GetColumn<float>("Score").Zip(_test.GetColumn<float>(Label), (score, label) => (double)score - label);

        var metrics = _mlContext.Regression.Evaluate(scored, Label);

        Assert.That(metrics.RootMeanSquaredError, Is.LessThan(12), "the labels deviate by about 52");
        Assert.That(metrics.MeanSquaredError, Is.EqualTo(residuals.Average(residual => residual * residual)).Within(1e-5).Percent);
    }

    [Test]
    public void CrossValidate_OfTheTrainer_GivesAModelForEachFold()
    {
        var folds = _mlContext.Regression.CrossValidate(
            _data, _mlContext.Regression.Trainers.Mlp(_mlContext, Options), numberOfFolds: 3, labelColumnName: Label);

        Assert.That(folds.Select(fold => fold.Metrics.RSquared), Has.Exactly(3).GreaterThan(0.9));
    }

    [Test]
    public void PermutationFeatureImportance_OfTheModel_FindsTheFeaturesThatTell()
    {
        using var model = Fit(Options);

        var importance = _mlContext.Regression.PermutationFeatureImportance<MlpModelParameters>(model, _test, Label);

        Assert.That(importance[1].RSquared.Mean, Is.LessThan(-0.5), "it makes most of the label");
        Assert.That(importance[3].RSquared.Mean, Is.GreaterThan(-0.05), "it is noise");
    }

    [Test]
    public void PredictionEngine_OfTheModel_GivesWhatTheViewGives()
    {
        using var model = Fit(Options);
        using var engine = _mlContext.Model.CreatePredictionEngine<TaskRow, Prediction>(
            model, new PredictionEngineOptions { OwnsTransformer = false });

        Assert.That(
            TaskCase.Rows(300, seed: 2).Select(row => engine.Predict(row).Score),
            Is.EqualTo(model.Transform(_test).GetColumn<float>("Score")));
    }

    /// <summary>A power of two times the labels changes no bit of what is learnt, and a unit nothing but rounding.</summary>
    [TestCase(1 / 1024f, 0, 1e-9)]
    [TestCase(65_536, 0, 1e-9)]
    [TestCase(1e-6f, 0, 0.02)]
    [TestCase(1e6f, -5e8f, 0.02)]
    public void Fit_OfLabelsInAnotherUnit_LearnsTheSame(float factor, float offset, double tolerance)
    {
        var rows = TaskCase.Rows(400);
        Array.ForEach(rows, row => row.Number = (row.Number * factor) + offset);
        using var plain = Fit(Options);
        using var scaled = Fit(Options, _mlContext.Data.LoadFromEnumerable(rows));

        var expected = plain.Transform(_test).GetColumn<float>("Score").Select(score => (score * (double)factor) + offset);

        Assert.That(
            scaled.Transform(_test).GetColumn<float>("Score"), Is.EqualTo(expected).Within(((52 * tolerance) + 1e-6) * factor));
        Assert.That(
            scaled.History[^1].TrainRootMeanSquaredError,
            Is.EqualTo(plain.History[^1].TrainRootMeanSquaredError * factor).Within(100 * tolerance).Percent);
        Assert.That(
            scaled.History[^1].TrainLoss, Is.EqualTo(plain.History[^1].TrainLoss * factor * factor).Within(200 * tolerance).Percent);
    }

    [Test]
    public void Loss_OfEachKind_PredictsWhatItIsNamedFor()
    {
        // 300 rows that features don't tell apart, whose labels are 0, 0 and 90: mean 30, median 0, the 0.9 quantile 90.
        var rows = TaskCase.Rows(300);
        foreach (var (index, row) in rows.Index())
        {
            (row.Number, row.Features) = (index % 3 == 0 ? 90 : 0, [0, 0, 0, 0]);
        }

        var data = _mlContext.Data.LoadFromEnumerable(rows);

        Assert.That(Predict(MlpRegressionLoss.Squared), Is.EqualTo(30).Within(2));
        Assert.That(Predict(MlpRegressionLoss.Absolute), Is.EqualTo(0).Within(4));
        Assert.That(Predict(MlpRegressionLoss.Quantile(0.5)), Is.EqualTo(0).Within(4));
        Assert.That(Predict(MlpRegressionLoss.Quantile(0.9)), Is.EqualTo(90).Within(4));
        Assert.That(Predict(MlpRegressionLoss.Huber(1_000)), Is.EqualTo(30).Within(2), "everywhere quadratic");

        // Two thirds of the rows pull down with their residual, a third up with delta: x = 10 / 2.
        Assert.That(Predict(MlpRegressionLoss.Huber(10)), Is.EqualTo(5).Within(2), "linear for the third");

        float Predict(MlpRegressionLoss loss)
        {
            var options = Options with
            {
                Loss = loss,
                HiddenLayers = [],
                BatchSize = 300,
                MaxEpochs = 800,
                Optimizer = MlpOptimizer.AdamW(0.02),
                Schedule = MlpSchedule.Cosine(),
            };
            using var model = Fit(options, data);
            return model.Transform(data).GetColumn<float>("Score").First();
        }
    }

    [Test]
    public void Loss_OfTwoQuantiles_CoversWhatLiesBetween()
    {
        // Without the noise of batch normalisation, which in training comes on top of that of the labels.
        var options = Options with { MaxEpochs = 60, BatchNormalization = false };
        var data = Noisy(5);
        using var low = Fit(options with { Loss = MlpRegressionLoss.Quantile(0.1) }, data);
        using var high = Fit(options with { Loss = MlpRegressionLoss.Quantile(0.9) }, data);
        var test = Noisy(6);

        var bounds = low.Transform(test).GetColumn<float>("Score").Zip(high.Transform(test).GetColumn<float>("Score"));
        var covered = bounds.Zip(test.GetColumn<float>(Label), (bound, label) => bound.First <= label && label <= bound.Second)
            .Count(isCovered => isCovered);

        Assert.That(covered / 3_000.0, Is.EqualTo(0.8).Within(0.05));

        // Noise of 10 or 50 beside labels that deviate by 52.
        IDataView Noisy(int seed)
        {
            var rows = TaskCase.Rows(3_000, seed);
            var random = new Random(seed);
            Array.ForEach(rows, row => row.Number += (row.Features[3] > 0 ? 100 : 20) * (random.NextSingle() - 0.5f));
            return _mlContext.Data.LoadFromEnumerable(rows);
        }
    }

    [Test]
    public void Fit_OfLabelsThatAreNaN_SkipsTheirRowsAndSaysSo()
    {
        var messages = new List<string>();
        var mlContext = new MLContext();
        mlContext.Log += (_, log) => messages.Add(log.Message);
        var rows = TaskCase.Rows(40);
        var missing = new TaskRow { Features = [9, 9, 9, 9], Number = float.NaN };
        TaskRow[] withMissing = [.. rows.SelectMany((row, i) => i % 4 == 0 ? [missing, row] : (TaskRow[])[row])];

        using var without = Fit(Options with { MaxEpochs = 3 }, _mlContext.Data.LoadFromEnumerable(rows));
        using var model = new MlpRegressionTrainer(mlContext, Options with { MaxEpochs = 3 })
            .Fit(mlContext.Data.LoadFromEnumerable(withMissing));

        Assert.That(model.Model.ComputeHash(), Is.EqualTo(without.Model.ComputeHash()));
        Assert.That(messages, Has.Exactly(1).Contains("Skipped 10 of 50 rows of the training data: their label is missing."));
    }

    [Test]
    public void Fit_OfLabelsThatAreAllNaN_SaysSo()
    {
        var rows = TaskCase.Rows(5);
        Array.ForEach(rows, row => row.Number = float.NaN);

        Assert.That(
            () => Fit(Options, _mlContext.Data.LoadFromEnumerable(rows)),
            Throws.InvalidOperationException.With.Message.EqualTo("None of the 5 rows of the training data has a label in 'Number'."));
    }

    [TestCase(float.PositiveInfinity, "Infinity")]
    [TestCase(float.NegativeInfinity, "-Infinity")]
    public void Fit_OfALabelThatIsInfinite_SaysWhere(float value, string name)
    {
        var rows = TaskCase.Rows(5);
        rows[3].Number = value;

        Assert.That(
            () => Fit(Options, _mlContext.Data.LoadFromEnumerable(rows)),
            Throws.TypeOf<FormatException>().With.Message.EqualTo(
                $"The label column 'Number' of the training data holds {name} in row 3 (zero-based), but labels must be finite, or NaN for "
                + "a missing one. Leave such rows out by mlContext.Data.FilterByCustomPredicate."));
    }

    [Test]
    public void Fit_OfOneLabel_PredictsItAndWarns()
    {
        var messages = new List<string>();
        var mlContext = new MLContext();
        mlContext.Log += (_, log) => messages.Add(log.Message);
        var rows = TaskCase.Rows(50);
        Array.ForEach(rows, row => row.Number = -7.5f);
        var data = mlContext.Data.LoadFromEnumerable(rows);

        using var model = new MlpRegressionTrainer(mlContext, Options).Fit(data);

        Assert.That(model.Transform(data).GetColumn<float>("Score"), Is.All.EqualTo(-7.5f).Within(0.5f));
        Assert.That(
            messages,
            Has.Exactly(1).Contains(
                "All 50 rows of the training data have the label -7.5 in the column 'Number': is that column read correctly?"));
    }

    [Test]
    public void Fit_OfLabelsOfAnySize_GivesFiniteScores([Values(1e-36f, 1e-20f, 1e20f, 1e35f)] float factor)
    {
        var rows = TaskCase.Rows(100);
        Array.ForEach(rows, row => row.Number = (row.Number - 1_000) * factor);
        var data = _mlContext.Data.LoadFromEnumerable(rows);

        using var model = Fit(Options, data);

        Assert.That(model.Transform(data).GetColumn<float>("Score"), Has.All.Matches<float>(float.IsFinite));
        Assert.That(model.History[^1].TrainRootMeanSquaredError, Is.LessThan(52d * factor));
    }

    [Test]
    public void Fit_OfScalesThatNoWeightHolds_SaysSo()
    {
        var rows = TaskCase.Rows(100);
        Array.ForEach(rows, row =>
        {
            row.Number = (row.Number - 1_000) * 1e35f;
            row.Features = Array.ConvertAll(row.Features, feature => feature * 1e-5f);
        });

        Assert.That(
            () => Fit(Options with { HiddenLayers = [] }, _mlContext.Data.LoadFromEnumerable(rows)),
            Throws.InvalidOperationException.With.Message.Matches(
                @"^The finished network has weights that no float holds, once the scales of features and labels are folded into them: "
                + @"the labels deviate by \d\.\d\dE\+36\. Give them in another unit, so that they are near 1\.$"));
    }

    [Test]
    public void Fit_WithTooFewEpochs_SaysThatTheLossWasStillFalling()
    {
        var few = Options with { MaxEpochs = 2, Optimizer = MlpOptimizer.Sgd(0.01), Schedule = MlpSchedule.Constant };

        Assert.That(MessagesOf(few), Has.Exactly(1).Contains("The training loss was still falling after 2 epochs, from "));
        Assert.That(MessagesOf(Options with { MaxEpochs = 100 }), Has.None.Contains("still falling"));
    }

    [Test]
    public void Fit_OfAnEpoch_LogsItsErrorInTheLabelsUnit() => Assert.That(
        MessagesOf(Options with { MaxEpochs = 2, ValidationFraction = 0.2 }),
        Has.Exactly(2).Matches(
            @"Epoch [12]/2: training loss \S+, root mean squared error \S+, validation loss \S+, root mean squared error \S+, "
            + "learning rate "));

    [TestCase(-1)]
    [TestCase(0)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Huber_OfABadDelta_IsRefused(double delta) => Assert.That(
        () => new MlpRegressionTrainer(_mlContext, Options with { Loss = MlpRegressionLoss.Huber(delta) }),
        Throws.ArgumentException.With.Message.Contains(FormattableString.Invariant($"Delta is {delta}, but must be above 0.")));

    [TestCase(0, "above 0")]
    [TestCase(1, "below 1")]
    [TestCase(1.5, "below 1")]
    [TestCase(double.NaN, "above 0")]
    public void Quantile_OfABadAlpha_IsRefused(double alpha, string expected) => Assert.That(
        () => new MlpRegressionTrainer(_mlContext, Options with { Loss = MlpRegressionLoss.Quantile(alpha) }),
        Throws.ArgumentException.With.Message.Contains(FormattableString.Invariant($"Alpha is {alpha}, but must be {expected}.")));

    [Test]
    public void Loss_OfNull_IsRefused() => Assert.That(
        () => new MlpRegressionTrainer(_mlContext, Options with { Loss = null! }), Throws.ArgumentException);

    [Test]
    public void Loss_AsText_HasItsParameter()
    {
        Assert.That($"{MlpRegressionLoss.Squared} {MlpRegressionLoss.Absolute}", Is.EqualTo("Squared Absolute"));
        Assert.That($"{MlpRegressionLoss.Huber(1.5)} {MlpRegressionLoss.Quantile(0.9)}", Is.EqualTo("Huber(1.5) Quantile(0.9)"));
    }

    private MlpTransformer Fit(MlpRegressionTrainer.Options options, IDataView? data = null) =>
        _mlContext.Regression.Trainers.Mlp(_mlContext, options).Fit(data ?? _data);

    private List<string> MessagesOf(MlpRegressionTrainer.Options options)
    {
        var messages = new List<string>();
        var mlContext = new MLContext();
        mlContext.Log += (_, log) => messages.Add(log.Message);
        using var model = new MlpRegressionTrainer(mlContext, options).Fit(_data);
        return messages;
    }

    private sealed class Prediction
    {
        public float Score { get; set; }
    }
}
