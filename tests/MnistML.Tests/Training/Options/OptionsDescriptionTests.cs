using System.Globalization;
using System.Reflection;
using MnistML.Training.Options;

namespace MnistML.Tests.Training.Options;

internal sealed class OptionsDescriptionTests
{
    private static readonly MlpTrainer.Options Default = new();

    /// <summary>For each described option a value other than the default.</summary>
    private static readonly Dictionary<string, MlpTrainer.Options> Changed = new()
    {
        [nameof(Default.HiddenLayers)] = Default with { HiddenLayers = [512, 255] },
        [nameof(Default.Members)] = Default with { Members = 3 },
        [nameof(Default.OutOfFold)] = Default with { OutOfFold = false },
        [nameof(Default.FeatureEncoding)] = Default with { FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(5) },
        [nameof(Default.LearnedFeatureFactors)] = Default with { LearnedFeatureFactors = false },
        [nameof(Default.SparseFeatures)] = Default with { SparseFeatures = true },
        [nameof(Default.CalibrateTemperature)] = Default with { CalibrateTemperature = false },
        [nameof(Default.Activation)] = Default with { Activation = MlpActivation.Tanh },
        [nameof(Default.DropoutRate)] = Default with { DropoutRate = 0.25 },
        [nameof(Default.InputNoise)] = Default with { InputNoise = 0.25 },
        [nameof(Default.BatchNormalization)] = Default with { BatchNormalization = false },
        [nameof(Default.Initializer)] = Default with { Initializer = MlpInitializer.KaimingNormal },
        [nameof(Default.FeatureScaling)] = Default with { FeatureScaling = MlpFeatureScaling.Standardize },
        [nameof(Default.Optimizer)] = Default with { Optimizer = MlpOptimizer.AdamW(learningRate: 0.003, beta2: 0.99) },
        [nameof(Default.Schedule)] = Default with { Schedule = MlpSchedule.OneCycle() with { WarmUpEpochs = 1 } },
        [nameof(Default.BatchSize)] = Default with { BatchSize = 255 },
        [nameof(Default.BatchStatistics)] = Default with { BatchStatistics = MlpBatchStatistics.Local },
        [nameof(Default.MaxEpochs)] = Default with { MaxEpochs = 3 },
        [nameof(Default.KeepMissingClasses)] = Default with { KeepMissingClasses = true },
        [nameof(Default.LabelSmoothing)] = Default with { LabelSmoothing = 0.1 },
        [nameof(Default.ClassWeights)] = Default with { ClassWeights = MlpClassWeights.Explicit(0.5, 2) },
        [nameof(Default.ValidationFraction)] = Default with { ValidationFraction = 0.1 },
        [nameof(Default.EarlyStopping)] = Default with { EarlyStopping = new MlpEarlyStopping() },
        [nameof(Default.Augmentation)] = Default with { Augmentation = new MlpAugmentation(2, 3) },
        [nameof(Default.GradientClipNorm)] = Default with { GradientClipNorm = 1 },
        [nameof(Default.Precision)] = Default with { Precision = MlpPrecision.Single },
        [nameof(Default.Device)] = Default with { Device = "cuda" },
        [nameof(Default.Seed)] = Default with { Seed = 0 },
        [nameof(Default.ThreadCount)] = Default with { ThreadCount = 1 },
        [nameof(Default.MaxCacheBytes)] = Default with { MaxCacheBytes = 1 << 20 },
        [nameof(Default.LabelColumnName)] = Default with { LabelColumnName = "Class" },
        [nameof(Default.FeatureColumnName)] = Default with { FeatureColumnName = "Pixels" },
        [nameof(Default.ExampleWeightColumnName)] = Default with { ExampleWeightColumnName = "Weight" },
        [nameof(Default.InvalidFeatures)] = Default with { InvalidFeatures = MlpInvalidFeatures.SkipRow },
    };

    private static IEnumerable<string> PublicOptions => typeof(MlpTrainer.Options)
        .GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Select(property => property.Name);

    [Test]
    public void Of_AllPublicOptions_DescribesThemOrNamesThemAsWithoutEffect() =>
        Assert.That(OptionsDescription.Of(Default).Keys.Concat(OptionsDescription.WithoutEffectOnResult), Is.EquivalentTo(PublicOptions));

    /// <summary>The options of the other tasks are the same but for those that a task has no use for, or has alone.</summary>
    [Test]
    public void Of_TheOptionsOfOtherTasks_DescribesTheSameAndTheirOwn()
    {
        string[] ofMulticlass = [nameof(Default.KeepMissingClasses)];
        string[] ofClasses =
            [nameof(Default.LabelSmoothing), nameof(Default.ClassWeights), nameof(Default.CalibrateTemperature), .. ofMulticlass];
        var regression = new MlpRegressionTrainer.Options();

        Assert.That(
            OptionsDescription.Of(new MlpBinaryTrainer.Options()),
            Is.EqualTo(OptionsDescription.Of(Default).Where(option => !ofMulticlass.Contains(option.Key))));
        Assert.That(
            OptionsDescription.Of(regression).Keys,
            Is.EquivalentTo(OptionsDescription.Of(Default).Keys.Except(ofClasses).Append(nameof(regression.Loss))));
        MlpRegressionLoss[] losses =
        [
            MlpRegressionLoss.Squared, MlpRegressionLoss.Absolute, MlpRegressionLoss.Huber(1), MlpRegressionLoss.Huber(2),
            MlpRegressionLoss.Quantile(0.5), MlpRegressionLoss.Quantile(0.25),
        ];
        Assert.That(losses.Select(loss => OptionsDescription.OneLine(regression with { Loss = loss })), Is.Unique);
        Assert.That(OptionsDescription.Of(regression)[nameof(regression.BatchNormalization)], Is.EqualTo("False"));
        Assert.That(new MlpRegressionTrainer.Options(regression with { BatchNormalization = true }).BatchNormalization);
    }

    [Test]
    public void Of_AChangedValue_DiffersInThatOptionAlone()
    {
        var description = OptionsDescription.Of(Default);

        Assert.That(Changed.Keys, Is.EquivalentTo(description.Keys), "each described option needs another value in this test's table");
        foreach (var (name, options) in Changed)
        {
            var changed = OptionsDescription.Of(options);
            Assert.That(changed.Keys.Where(key => changed[key] != description[key]), Is.EqualTo([name]), name);
        }
    }

    [Test]
    public void Options_Copied_AreEqual()
    {
        foreach (var (name, options) in Changed)
        {
            Assert.That(new MlpTrainer.Options(options), Is.EqualTo(options).And.Not.EqualTo(Default), name);
        }

        Assert.That(() => new MlpTrainer.Options(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("original"));
    }

    private static IEnumerable<TestCaseData> PairsThatDifferInOneSetting() =>
    [
        new(Default with { Optimizer = MlpOptimizer.Sgd(0.1) }, Default with { Optimizer = MlpOptimizer.Sgd(0.2) }),
        new(Default with { Optimizer = MlpOptimizer.Sgd(0.1, 0.9) },
            Default with { Optimizer = MlpOptimizer.Sgd(0.1, 0.9, nesterov: true) }),
        new(Default with { Optimizer = MlpOptimizer.Adam() }, Default with { Optimizer = MlpOptimizer.Adam(beta1: 0.8) }),
        new(Default with { Optimizer = MlpOptimizer.Adam() }, Default with { Optimizer = MlpOptimizer.AdamW(weightDecay: 0) }),
        new(
            Default with { FeatureEncoding = MlpFeatureEncoding.Auto }, Default with { FeatureEncoding = MlpFeatureEncoding.None }),
        new(
            Default with { FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear() },
            Default with { FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(15) }),
        new(
            Default with { Schedule = MlpSchedule.DoublingCycles() },
            Default with { Schedule = MlpSchedule.DoublingCycles(maxUpdates: 2401) }),
        new(Default with { Schedule = MlpSchedule.Cosine() }, Default with { Schedule = MlpSchedule.Cosine(minimumFactor: 0.1) }),
        new(Default with { Initializer = MlpInitializer.Normal(0.1) }, Default with { Initializer = MlpInitializer.Normal(0.2) }),
        new(Default with { Initializer = MlpInitializer.XavierUniform }, Default with { Initializer = MlpInitializer.XavierNormal }),
        new(Default with { ClassWeights = MlpClassWeights.Balanced }, Default with { ClassWeights = MlpClassWeights.None }),
        new(Default with { EarlyStopping = new MlpEarlyStopping(2) }, Default with { EarlyStopping = new MlpEarlyStopping(3) }),
        new(
            Default with { Augmentation = new MlpAugmentation(2, 3) },
            Default with { Augmentation = new MlpAugmentation(2, 3) { IsInterleaved = true } }),
    ];

    [TestCaseSource(nameof(PairsThatDifferInOneSetting))]
    public void Of_RecordsWithinThatDiffer_Differs(MlpTrainer.Options one, MlpTrainer.Options other) =>
        Assert.That(OptionsDescription.Of(one), Is.Not.EqualTo(OptionsDescription.Of(other)));

    [Test]
    public void Of_AnyCulture_IsTheSame()
    {
        var options = Default with { ClassWeights = MlpClassWeights.Explicit(0.5, 2), InputNoise = 0.25, MaxCacheBytes = 1 << 30 };
        var expected = OptionsDescription.Of(options);
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NegativeSign = "~";
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = culture;
            Assert.That(OptionsDescription.Of(options), Is.EqualTo(expected));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Assert.That(expected["ClassWeights"], Does.Contain("[0.5, 2]"));
    }
}
