using MnistML.Training.Choices;

namespace MnistML.Tests.Training.Choices;

internal sealed class AutoEpochsTests
{
    [TestCase(1, 30, Description = "150 rows in batches of 256")]
    [TestCase(26, 30)]
    [TestCase(27, 29)]
    [TestCase(47, 17, Description = "12,000 rows in batches of 256")]
    [TestCase(235, 3, Description = "60,000 rows in batches of 256")]
    [TestCase(1_000_000, 3)]
    public void EpochsFor_Batches_MakesEightHundredUpdatesWithinBounds(int batchesPerEpoch, int expected) =>
        Assert.That(AutoEpochs.Choose(batchesPerEpoch), Is.EqualTo(expected));
}
