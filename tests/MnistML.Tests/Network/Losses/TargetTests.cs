using MnistML.Network.Losses;

namespace MnistML.Tests.Network.Losses;

internal sealed class TargetTests
{
    [Test]
    public void ShareOf_ARowOfAFold_IsZeroForItsMemberAndEvensOutForTheOthers()
    {
        var target = new Target(Class: 1, Value: 0, Weight: 1) { Fold = 3 };

        double[] shares = [.. Enumerable.Range(0, 8).Select(member => target.ShareOf(member, memberCount: 8))];

        Assert.That(shares[2], Is.Zero);
        Assert.That(shares.Where((_, member) => member != 2), Is.All.EqualTo(8 / 7.0));
        Assert.That(shares.Sum(), Is.EqualTo(8).Within(1e-12));
    }

    [Test]
    public void ShareOf_ARowOfNoFold_IsOneForAll() => Assert.That(
        Enumerable.Range(0, 8).Select(member => new Target(Class: 1, Value: 0, Weight: 1).ShareOf(member, memberCount: 8)),
        Is.All.EqualTo(1));
}
