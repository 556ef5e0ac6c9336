namespace MnistML.Tests.Training.Options;

internal sealed class MlpClassWeightsTests
{
    /// <summary>
    /// What scikit-learn's <c>compute_class_weight("balanced", …)</c> gives for 900 rows of one class, 90 of a second, 10 of a third.
    /// </summary>
    [Test]
    public void Balanced_OfCounts_IsScikitLearns() =>
        Assert.That(
            MlpClassWeights.Balanced.For([900, 90, 10]),
            Is.EqualTo([0.37037037037037035, 3.7037037037037037, 33.333333333333336]).Within(1e-12));

    [Test]
    public void Balanced_OfAClassWithoutRows_LeavesItOut() =>
        Assert.That(MlpClassWeights.Balanced.For([3, 0, 1]), Is.EqualTo([4 / 6.0, 0, 2]).Within(1e-12));

    [Test]
    public void None_OfCounts_GivesNoFactors() => Assert.That(MlpClassWeights.None.For([3, 1]), Is.Null);

    [Test]
    public void Explicit_OfAnotherNumberThanClasses_SaysSo() => Assert.That(
        () => MlpClassWeights.Explicit(1, 2).For([1, 1, 1]),
        Throws.ArgumentException.With.Message.EqualTo("ClassWeights has 2 weights, but the label has 3 classes; give one for each."));

    [Test]
    public void Explicit_OfAList_HoldsACopyThatComparesByValue()
    {
        var list = new List<double> { 1, 2 };
        var weights = MlpClassWeights.Explicit(list);
        list.Clear();

        Assert.That(weights.Weights, Is.EqualTo([1, 2]));
        Assert.That(weights, Is.EqualTo(MlpClassWeights.Explicit(1, 2)).And.Not.EqualTo(MlpClassWeights.Explicit(2, 1)));
        Assert.That(MlpClassWeights.None, Is.Not.EqualTo(MlpClassWeights.Balanced));
        Assert.That($"{weights} {MlpClassWeights.Balanced} {MlpClassWeights.None}", Is.EqualTo("[1, 2] Balanced None"));
    }
}
