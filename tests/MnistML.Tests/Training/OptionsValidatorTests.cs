using Microsoft.ML;
using MnistML.Training;

namespace MnistML.Tests.Training;

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
        Assert.That(() => OptionsValidator.ThrowIfInvalid(new MlpTrainer.Options { HiddenLayers = [] }, "options"), Throws.Nothing);
    }
}
