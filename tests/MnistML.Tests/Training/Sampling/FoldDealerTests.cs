using MnistML.Network.Losses;
using MnistML.Training.Sampling;

namespace MnistML.Tests.Training.Sampling;

internal sealed class FoldDealerTests
{
    [Test]
    public void Deal_OfRowsOfThreeClasses_SharesEachClassEvenly([Range(1, 10)] int seed)
    {
        var random = new Random(seed);
        int[] classes = [.. Enumerable.Range(0, 500).Select(_ => random.Next(10) == 0 ? 2 : random.Next(2))];

        var folds = DealAll(classes, seed: (ulong)seed);

        for (var label = 0; label < 3; label++)
        {
            byte[] ofClass = [.. folds.Where((_, row) => classes[row] == label)];
            int[] counts = [.. Enumerable.Range(1, 8).Select(fold => ofClass.Count(found => found == fold))];
            Assert.That(counts.Max() - counts.Min(), Is.LessThanOrEqualTo(1), $"class {label}");
        }
    }

    [Test]
    public void Deal_OfTheSameRows_IsAFunctionOfTheSeed()
    {
        int[] classes = [.. Enumerable.Range(0, 100).Select(row => row % 3)];

        var (first, again) = (DealAll(classes, seed: 1), DealAll(classes, seed: 1));
        Assert.That(again, Is.EqualTo(first));
        Assert.That(DealAll(classes, seed: 2), Is.Not.EqualTo(first));
    }

    private static byte[] DealAll(int[] classes, ulong seed)
    {
        var dealer = new FoldDealer(foldCount: 8, classCount: 3, seed);
        return [.. classes.Select(label => dealer.Deal(new Target(label, Value: 0, Weight: 1)).Fold)];
    }
}
