using MnistML.Tests.Support;
using MnistML.Training.Choices;

namespace MnistML.Tests.Training.Choices;

internal sealed class TrainingChoicesTests
{
    private static readonly MlpTrainer.Options Default = new();

    [Test]
    public void Of_ATable_IsTheTabularRecipe()
    {
        var chosen = Choose(Default).ApplyTo(Default);

        Assert.That(chosen, Is.EqualTo(MlpRecipes.Tabular with { BatchSize = 128, SparseFeatures = false }));
        Assert.That(chosen, Is.EqualTo(Choose(MlpRecipes.Tabular).ApplyTo(MlpRecipes.Tabular)));
    }

    [Test]
    public void Of_Images_IsASingleNetwork()
    {
        var chosen = Choose(Default, FeatureKind.Images).ApplyTo(Default);

        Assert.That(chosen, Is.EqualTo(MlpRecipes.Images with
        {
            DropoutRate = 0.3,
            MaxEpochs = 30,
            OutOfFold = false,
            CalibrateTemperature = false,
            SparseFeatures = false,
        }));
    }

    [TestCase(2_000, 512)]
    [TestCase(16_384, 512)]
    [TestCase(16_385, 256)]
    [TestCase(42_981, 128)]
    [TestCase(1_000_000, 32)]
    public void Of_SparseText_HasAFirstLayerWhoseWeightsFitIntoMemory(int features, int width)
    {
        var chosen = Choose(Default, FeatureKind.SparseText, features);

        Assert.That(chosen.HiddenLayers, Is.EqualTo([width, width / 2]));
        Assert.That((chosen.Members, chosen.Bins, chosen.IsOutOfFold), Is.EqualTo((1, 0, false)));
        Assert.That((chosen.SparseFeatures, chosen.FeatureScaling), Is.EqualTo((true, MlpFeatureScaling.MaxAbsAboveOne)));
    }

    [TestCase(3_999, 32)]
    [TestCase(4_000, 64)]
    [TestCase(20_000, 128)]
    public void Of_SparseText_HasSmallBatches(int rows, int batchSize) =>
        Assert.That(Choose(Default, FeatureKind.SparseText, features: 5_000, rows).BatchSize, Is.EqualTo(batchSize));

    private static IEnumerable<MlpTrainer.Options> ThatMakeZerosSomethingElse() =>
    [
        Default with { InputNoise = 0.1 },
        Default with { FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(4) },
        Default with { LearnedFeatureFactors = true },
        Default with { FeatureScaling = MlpFeatureScaling.BoundedStandardize },
        Default with { FeatureScaling = MlpFeatureScaling.Standardize },
        Default with { FeatureScaling = MlpFeatureScaling.Quantile },
    ];

    [TestCaseSource(nameof(ThatMakeZerosSomethingElse))]
    public void Of_SparseTextWithAnOptionThatMakesZerosSomethingElse_IsDense(MlpTrainer.Options options) =>
        Assert.That(Choose(options, FeatureKind.SparseText, features: 5_000).SparseFeatures, Is.False);

    [Test]
    public void Of_SparseFeaturesThatAreAskedFor_HasNoBins()
    {
        var chosen = Choose(Default with { SparseFeatures = true });

        Assert.That((chosen.SparseFeatures, chosen.Bins, chosen.HasFeatureFactors), Is.EqualTo((true, 0, false)));
        Assert.That(chosen.FeatureScaling, Is.EqualTo(MlpFeatureScaling.MaxAbsAboveOne));
    }

    [Test]
    public void Of_WhatTheUserSet_IsThat()
    {
        var options = new MlpTrainer.Options
        {
            HiddenLayers = [7],
            Members = 3,
            OutOfFold = false,
            FeatureScaling = MlpFeatureScaling.Standardize,
            FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(5),
            LearnedFeatureFactors = false,
            SparseFeatures = false,
            CalibrateTemperature = false,
            Schedule = MlpSchedule.Cosine(),
            BatchSize = 17,
            DropoutRate = 0.25,
            MaxEpochs = 9,
        };

        foreach (var kind in Enum.GetValues<FeatureKind>())
        {
            Assert.That(Choose(options, kind).ApplyTo(options), Is.EqualTo(options), $"{kind}");
        }
    }

    /// <summary>A part that is set leaves out what it stands for, and nothing else.</summary>
    [Test]
    public void Of_APartThatIsSet_LeavesTheOthersToTheRule()
    {
        Assert.That(Choose(Default with { HiddenLayers = [64] }).Members, Is.EqualTo(1));
        Assert.That(Choose(Default with { HiddenLayers = [64], Members = 4 }).Schedule, Is.EqualTo(MlpSchedule.DoublingCycles()));
        Assert.That(Choose(Default with { Members = 1 }).Schedule, Is.EqualTo(MlpSchedule.OneCycle()));
        Assert.That(Choose(Default with { Members = 1 }).HiddenLayers, Is.EqualTo([512, 256]));
        Assert.That(Choose(Default with { Members = 1 }).Bins, Is.Zero);
        Assert.That(Choose(Default with { HiddenLayers = [64], Members = 4 }).Bins, Is.EqualTo(16));
        var withEpochs = Choose(Default with { MaxEpochs = 5 });
        Assert.That((withEpochs.Members, withEpochs.IsOutOfFold, withEpochs.DropoutRate), Is.EqualTo((8, false, 0.0)));
        Assert.That(withEpochs.Schedule, Is.EqualTo(MlpSchedule.OneCycle()));
        var stopping = Choose(Default with { EarlyStopping = new MlpEarlyStopping() });
        Assert.That((stopping.IsOutOfFold, stopping.MaxEpochs), Is.EqualTo((false, 30)));
        var plain = Choose(Default with { FeatureEncoding = MlpFeatureEncoding.None });
        Assert.That((plain.FeatureScaling, plain.HasFeatureFactors), Is.EqualTo((MlpFeatureScaling.BoundedStandardize, false)));
    }

    [TestCase(1, 16)]
    [TestCase(16, 16)]
    [TestCase(17, 10)]
    [TestCase(24, 10)]
    [TestCase(25, 6)]
    [TestCase(585, 6)]
    [TestCase(586, 5)]
    [TestCase(819, 4)]
    [TestCase(820, 0)]
    [TestCase(100_000, 0)]
    public void Of_ManyFeatures_HasFewerBins(int features, int expected)
    {
        var chosen = Choose(Default, features: features);

        Assert.That(chosen.Bins, Is.EqualTo(expected));
        Assert.That(
            chosen.FeatureScaling, Is.EqualTo(expected > 0 ? MlpFeatureScaling.Quantile : MlpFeatureScaling.BoundedStandardize));
    }

    [TestCase(999, 64)]
    [TestCase(1_000, 128)]
    [TestCase(3_999, 128)]
    [TestCase(4_000, 256)]
    public void Of_FewRows_HasSmallerBatches(long rows, int expected) =>
        Assert.That(Choose(Default, rows: rows).BatchSize, Is.EqualTo(expected));

    [Test]
    public void Of_FewerRowsThanMembers_IsASingleNetwork() => Assert.That(Choose(Default, rows: 7).Members, Is.EqualTo(1));

    [Test]
    public void Of_SomeHundredsOfClasses_IsAsForFew([Values(1, 26, 500)] int classes, [Values] FeatureKind kind) =>
        Assert.That(Choose(Default, kind, classes: classes).ApplyTo(Default), Is.EqualTo(Choose(Default, kind).ApplyTo(Default)));

    /// <summary>One network with the bins of a table, and a last hidden layer whose weights are at most two millions.</summary>
    [TestCase(501, 256)]
    [TestCase(8_192, 256)]
    [TestCase(8_193, 128)]
    [TestCase(20_000, 64)]
    [TestCase(131_072, 16)]
    [TestCase(1_000_000, 16)]
    public void Of_ManyClasses_IsASingleNetworkOfFewOutputWeights(int classes, int units)
    {
        var chosen = Choose(Default, rows: 100_000, classes: classes);

        Assert.That((chosen.Members, chosen.Bins, chosen.IsOutOfFold, chosen.MaxEpochs > 0), Is.EqualTo((1, 16, false, true)));
        Assert.That(chosen.HiddenLayers, Is.EqualTo([512, units]));
        Assert.That(chosen.FeatureScaling, Is.EqualTo(MlpFeatureScaling.Quantile));
        Assert.That(chosen.Schedule, Is.EqualTo(MlpSchedule.OneCycle()));
        Assert.That(Choose(Default, FeatureKind.Images, classes: classes).HiddenLayers, Is.EqualTo([512, units]));
    }

    [TestCase(131_072, 256)]
    [TestCase(131_073, 128)]
    [TestCase(1_000_000, 32)]
    [TestCase(10_000_000, 32)]
    public void Of_VeryManyClasses_HasSmallerBatches(int classes, int expected) =>
        Assert.That(Choose(Default, rows: 100_000, classes: classes).BatchSize, Is.EqualTo(expected));

    [Test]
    public void Of_ManyClassesAndMembersThatAreSet_HasNarrowMembers()
    {
        var chosen = Choose(Default with { Members = 4 }, rows: 100_000, classes: 20_000);

        Assert.That((chosen.Members, chosen.IsOutOfFold), Is.EqualTo((4, true)));
        Assert.That(chosen.HiddenLayers, Is.EqualTo([128, 16]));
        Assert.That(Choose(Default with { OutOfFold = true }, rows: 100_000, classes: 20_000).Members, Is.EqualTo(8));
        Assert.That(Choose(Default with { Members = 1 }, rows: 100_000, classes: 20_000).Bins, Is.Zero);
        Assert.That(Choose(Default with { HiddenLayers = [99] }, classes: 20_000).HiddenLayers, Is.EqualTo([99]));
    }

    [Test]
    public void Of_AnInitialModel_TakesOverItsNetworkAndEncoding()
    {
        var encoding = Networks.Encoding(featureCount: 10);
        var architecture = new MlpArchitecture(10, [6, 5], 2, encodedSize: encoding.Columns.Count);

        var encoded = Choose(Default, initial: Networks.RandomEnsemble(architecture, members: 3, seed: 1, encoding));
        var plain = Choose(Default, initial: Networks.Random(new MlpArchitecture(10, [4], 2), seed: 1));

        Assert.That((encoded.Members, encoded.Bins > 0), Is.EqualTo((3, true)));
        Assert.That(encoded.HiddenLayers, Is.EqualTo([6, 5]));
        Assert.That((plain.Members, plain.Bins, plain.FeatureScaling), Is.EqualTo((1, 0, MlpFeatureScaling.BoundedStandardize)));
        Assert.That(plain.HiddenLayers, Is.EqualTo([4]));
    }

    private static TrainingChoices Choose(
        MlpTrainingOptions options,
        FeatureKind kind = FeatureKind.Table,
        int features = 10,
        long rows = 2_000,
        int classes = 3,
        MlpModelParameters? initial = null) => TrainingChoices.Of(options, kind, features, features, rows, classes, initial);
}
