using MnistML.Training;

namespace MnistML.Tests.Training;

internal sealed class EpochRuleTests
{
    [TestCase(1, 200, Description = "150 rows in batches of 256")]
    [TestCase(10, 80)]
    [TestCase(235, 3, Description = "60,000 rows in batches of 256")]
    [TestCase(1_000_000, 3)]
    public void EpochsFor_Batches_MakesEightHundredUpdatesWithinBounds(int batchesPerEpoch, int expected) =>
        Assert.That(EpochRule.EpochsFor(batchesPerEpoch), Is.EqualTo(expected));
}
