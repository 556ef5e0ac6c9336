using Microsoft.ML;
using MnistML.Common;

namespace MnistML.Tests.Common;

internal sealed class OptionsValidatorTests
{
    [Test]
    public void ThrowIfInvalid_OfManyViolations_ListsThemAll()
    {
        var options = new MlpTrainer.Options
        {
            LabelColumnName = "",
            HiddenLayers = [512, 0, -3],
            Activation = (MlpActivation)99,
            Initializer = MlpInitializer.Normal(double.NaN),
            Optimizer = MlpOptimizer.Sgd(learningRate: 0, momentum: 1, weightDecay: -1),
            BatchSize = 0,
            MaxEpochs = -1,
        };

        var exception = Assert.Throws<ArgumentException>(() => new MlpTrainer(new MLContext(), options));

        string[] expected =
        [
            "- Activation must be one of those that MlpActivation names.",
            "- BatchSize is 0, but must be at least 1.",
            "- HiddenLayers is [512, 0, -3], but each must be at least 1.",
            "- Initializer.StandardDeviation is NaN, but must be above 0.",
            "- MaxEpochs is -1, but must be at least 1.",
            "- Optimizer.LearningRate is 0, but must be above 0.",
            "- Optimizer.Momentum is 1, but must be below 1.",
            "- Optimizer.WeightDecay is -1, but must be at least 0.",
            "- LabelColumnName is missing: it must name a column.",
        ];
        var lines = exception!.Message.Replace(" (Parameter 'options')", "", StringComparison.Ordinal).Split(Environment.NewLine);
        Assert.That(lines[0], Is.EqualTo("These options can't be used:"));
        Assert.That(lines[1..].Order(StringComparer.Ordinal), Is.EqualTo(expected.Order(StringComparer.Ordinal)));
    }

    [Test]
    public void ThrowIfInvalid_OfEveryOption_ListsThemAll()
    {
        var options = new MlpTrainer.Options
        {
            DropoutRate = 1,
            InputNoise = -0.5,
            BatchNormalization = true,
            BatchSize = 1,
            FeatureScaling = (MlpFeatureScaling)7,
            Schedule = MlpSchedule.OneCycle(riseShare: 1, startDivisor: 0.5) with { WarmUpEpochs = -1 },
            LabelSmoothing = 1,
            ClassWeights = MlpClassWeights.Explicit(1, -2),
            ValidationFraction = 1,
            EarlyStopping = new MlpEarlyStopping(patience: 0, minimumImprovement: -1),
            GradientClipNorm = 0,
            Device = "gpu",
            ThreadCount = 0,
            OnCancellation = (MlpOnCancellation)5,
            CheckpointPath = "",
            MaxCacheBytes = 1000,
            ExampleWeightColumnName = "",
            InvalidFeatures = (MlpInvalidFeatures)4,
            Precision = (MlpPrecision)9,
        };

        var exception = Assert.Throws<ArgumentException>(() => new MlpTrainer(new MLContext(), options));

        string[] expected =
        [
            "- DropoutRate is 1, but must be below 1.",
            "- InputNoise is -0.5, but must be at least 0.",
            "- BatchSize is 1, but BatchNormalization needs batches of at least 2: set it to false, or choose larger batches.",
            "- FeatureScaling must be one of those that its type names.",
            "- Schedule.RiseShare is 1, but must be below 1.",
            "- Schedule.StartDivisor is 0.5, but must be at least 1.",
            "- Schedule.WarmUpEpochs is -1, but must be at least 0.",
            "- LabelSmoothing is 1, but must be below 1.",
            "- ClassWeights.Weights is [1, -2], but each must be at least 0.",
            "- ValidationFraction is 1, but must be below 1.",
            "- EarlyStopping.Patience is 0, but must be at least 1.",
            "- EarlyStopping.MinimumImprovement is -1, but must be at least 0.",
            "- GradientClipNorm is 0, but must be above 0.",
            "- Device must be \"cpu\", \"cuda\", \"cuda:N\" or \"auto\".",
            "- ThreadCount is 0, but must be at least 1.",
            "- OnCancellation must be one of those that its type names.",
            "- CheckpointPath must be the path of a file, or null.",
            "- MaxCacheBytes is 1000, but must be at least 1048576.",
            "- ExampleWeightColumnName must name a column, or be null.",
            "- InvalidFeatures must be one of those that its type names.",
            "- Precision must be one of those that its type names.",
        ];
        var lines = exception!.Message.Replace(" (Parameter 'options')", "", StringComparison.Ordinal).Split(Environment.NewLine)[1..];
        Assert.That(lines.Order(StringComparer.Ordinal), Is.EqualTo(expected.Order(StringComparer.Ordinal)));
    }

    [TestCase("cpu", true)]
    [TestCase("auto", true)]
    [TestCase("cuda", true)]
    [TestCase("cuda:0", true)]
    [TestCase("cuda:12", true)]
    [TestCase("cuda:", false)]
    [TestCase("cuda:x", false)]
    [TestCase("CPU", false)]
    [TestCase("", false)]
    public void ThrowIfInvalid_OfADevice_KnowsItsForms(string device, bool isValid) => Assert.That(
        () => OptionsValidator.ThrowIfInvalid(new MlpTrainer.Options { Device = device }, "options"), isValid
            ? Throws.Nothing : Throws.ArgumentException);

    [Test]
    public void ThrowIfInvalid_OfClassWeightsOfNothing_SaysSo() => Assert.That(
        () => OptionsValidator.ThrowIfInvalid(new MlpTrainer.Options { ClassWeights = MlpClassWeights.Explicit(0, 0) }, "options"),
        Throws.ArgumentException.With.Message.Contains("- ClassWeights.Weights is [0, 0], but at least one weight must be above 0."));

    [Test]
    public void ThrowIfInvalid_OfNesterovWithoutMomentum_SaysWhatItNeeds() => Assert.That(
        () => OptionsValidator.ThrowIfInvalid(new MlpTrainer.Options { Optimizer = MlpOptimizer.Sgd(0.1, nesterov: true) }, "options"),
        Throws.ArgumentException.With.Message.Contains("- Optimizer.Nesterov is on, but Momentum is 0; it must be above 0."));

    [Test]
    public void ThrowIfInvalid_OfMissingRules_SaysThatTheyAreRequired() => Assert.That(
        () => OptionsValidator.ThrowIfInvalid(new MlpTrainer.Options { Optimizer = null!, Initializer = null! }, "options"),
        Throws.ArgumentException.With.Message.Contains("- Optimizer is missing.").And.Message.Contains("- Initializer is missing."));

    [Test]
    public void ThrowIfInvalid_OfTheRecipes_Passes()
    {
        Assert.That(() => OptionsValidator.ThrowIfInvalid(MlpRecipes.Fast, "options"), Throws.Nothing);
        Assert.That(() => OptionsValidator.ThrowIfInvalid(MlpRecipes.Classic, "options"), Throws.Nothing);
        Assert.That(() => OptionsValidator.ThrowIfInvalid(MlpRecipes.Accurate(28, 28), "options"), Throws.Nothing);
        Assert.That(() => OptionsValidator.ThrowIfInvalid(new MlpTrainer.Options { HiddenLayers = [] }, "options"), Throws.Nothing);
    }
}
