using MnistML.Training.Choices;

namespace MnistML.Tests.Training.Choices;

internal sealed class TrainingCostTests
{
    /// <summary>Two members with 4 · 5 + 5 and 5 · 3 + 3 parameters; inputs are shared, units are each member's own.</summary>
    [Test]
    public void TotalBytes_OfASmallEnsemble_AreThoseOfItsParametersAndOfABatch()
    {
        var cost = new TrainingCost(new MlpArchitecture(4, [5], 3, memberCount: 2), BatchSize: 10, BytesOfValue: 4);

        Assert.That(cost.WeightBytes, Is.EqualTo(40 * 2 * (25 + 18)));
        Assert.That(cost.BatchBytes, Is.EqualTo(10 * 4 * ((2 * 4) + (2 * ((3 * 5) + (2 * 3))))));
        Assert.That(cost.TotalBytes, Is.EqualTo(cost.WeightBytes + cost.BatchBytes));
        Assert.That(cost.IsWorthSaying, Is.False);
    }

    /// <summary>No batch holds sparse features, and their weights have no copies for products.</summary>
    [Test]
    public void TotalBytes_OfSparseFeatures_AreThoseOfTheirWeightsAndOfHiddenLayers()
    {
        var cost = new TrainingCost(new MlpArchitecture(1_000, [5], 3), BatchSize: 10, BytesOfValue: 4, HasSparseFeatures: true);

        Assert.That(cost.WeightBytes, Is.EqualTo((20 * 1_000 * 5) + (40 * (5 + 18))));
        Assert.That(cost.BatchBytes, Is.EqualTo(10 * 4 * ((3 * 5) + (2 * 3))));
    }

    /// <summary>What text would get is the least; a million hashed words are not refused before they are seen to be sparse.</summary>
    [Test]
    public void AtLeast_OfVeryManyFeatures_IsThatOfText() => Assert.That(
        TrainingCost.AtLeast(new MlpTrainer.Options(), 1 << 20, classCount: 2, initialModel: null).TotalBytes, Is.LessThan(800_000_000));

    [Test]
    public void IsWorthSaying_OfManyClassesOrMuchMemory_IsTrue()
    {
        Assert.That(CostOf(classes: 500).IsWorthSaying, Is.False);
        Assert.That(CostOf(classes: 501).IsWorthSaying);
        Assert.That(new TrainingCost(new MlpArchitecture(10_000, [640], 2), BatchSize: 2, BytesOfValue: 2).IsWorthSaying);
    }

    [Test]
    public void Describe_OfManyClasses_HasTheParts() => Assert.That(
        CostOf(classes: 1_000_000).Describe(),
        Is.EqualTo(
            "808 MB of memory beside the rows: 680 MB for 17,000,144 weights and biases with their gradient, their moments and the "
            + "finished model, 128 MB for the values of a batch of 32 rows"));

    [Test]
    public void ThrowIfTooMuch_OfMoreThanTheMachineHas_SaysWhatToChange()
    {
        var cost = CostOf(classes: 1_000_000);

        Assert.That(() => cost.ThrowIfTooMuch(cost.TotalBytes, "Product"), Throws.Nothing);
        Assert.That(() => cost.ThrowIfTooMuch(0, "Product"), Throws.Nothing, "not known");
        Assert.That(
            () => cost.ThrowIfTooMuch(500_000_000, "Product"),
            Throws.InvalidOperationException.With.Message.EqualTo(
                "Training the network 8-16-1000000 takes about 808 MB of memory beside the rows: 680 MB for 17,000,144 weights and biases "
                + "with their gradient, their moments and the finished model, 128 MB for the values of a batch of 32 rows, but this "
                + "machine has 500 MB. Choose fewer units in HiddenLayers, a smaller BatchSize or fewer Members. The label column "
                + "'Product' is a key of 1,000,000 values: if fewer occur, make a key of those by "
                + "mlContext.Transforms.Conversion.MapValueToKey, not by hashing."));
    }

    [Test]
    public void ThrowIfTooMuch_OfAModelThatNoFileHolds_SaysWhatToChange()
    {
        var cost = new TrainingCost(new MlpArchitecture(100_000, [6_000], 2), BatchSize: 1, BytesOfValue: 4);

        Assert.That(
            () => cost.ThrowIfTooMuch(long.MaxValue, "Label"),
            Throws.InvalidOperationException.With.Message.EqualTo(
                "The network 100000-6000-2 has 600,018,002 weights and biases, 2,400 MB, but a model that can be saved has at most "
                + "2,080 MB. Choose fewer units in HiddenLayers or fewer Members."));
    }

    /// <summary>Before the rows are read, the batch is not known, nor how the features are encoded.</summary>
    [Test]
    public void AtLeast_OfOptions_TakesTheirNetwork()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [7, 6], Members = 3 };

        Assert.That(
            TrainingCost.AtLeast(options, featureCount: 5, classCount: 4, initialModel: null),
            Is.EqualTo(new TrainingCost(
                new MlpArchitecture(5, [7, 6], 4, memberCount: 3), BatchSize: 1, BytesOfValue: 2, HasSparseFeatures: true)));
        Assert.That(
            TrainingCost.AtLeast(new MlpRegressionTrainer.Options(), featureCount: 5, classCount: 1, initialModel: null).Architecture.Task,
            Is.EqualTo(MlpTask.Regression));
        Assert.That(
            TrainingCost.AtLeast(new MlpTrainer.Options(), featureCount: 5, classCount: 20_000, initialModel: null).Architecture,
            Is.EqualTo(new MlpArchitecture(5, [512, 64], 20_000)));
    }

    private static TrainingCost CostOf(int classes) => new(new MlpArchitecture(8, [16], classes), BatchSize: 32, BytesOfValue: 2);
}
