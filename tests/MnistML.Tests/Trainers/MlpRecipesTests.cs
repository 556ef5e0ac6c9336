namespace MnistML.Tests.Trainers;

/// <summary>What the recipes are, as RECIPES.md and the figures in it have them: another value wants another study.</summary>
internal sealed class MlpRecipesTests
{
    [Test]
    public void Fast_IsTheDefault() => Assert.That(MlpRecipes.Fast, Is.EqualTo(new MlpTrainer.Options()));

    [Test]
    public void Accurate_OfASize_ChangesOnlyWhatItsDocumentationNames() => Assert.That(
        MlpRecipes.Accurate(20, 28),
        Is.EqualTo(
            MlpRecipes.Images with
            {
                HiddenLayers = [1024, 1024],
                Members = 2,
                OutOfFold = false,
                CalibrateTemperature = false,
                MaxEpochs = 70,
                LabelSmoothing = 0.1,
                Augmentation = new MlpAugmentation(20, 28)
            }));
}
