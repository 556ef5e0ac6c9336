using MnistML.Network.Backprop;

namespace MnistML.Tests.Network.Backprop;

internal sealed class WorkRangeTests
{
    [TestCase(1, 1)]
    [TestCase(10, 3)]
    [TestCase(31, 2)]
    [TestCase(64, 3)]
    [TestCase(512, 16)]
    [TestCase(1_001, 7)]
    public void OfUnits_OfAnyLayer_CoversItWithoutSharesOfOne(int units, int workers)
    {
        WorkRange[] shares = [.. Enumerable.Range(0, workers).Select(worker => WorkRange.OfUnits(units, worker, workers))];

        Assert.That(shares.SelectMany(share => Enumerable.Range(share.Start, share.Count)), Is.EqualTo(Enumerable.Range(0, units)));
        Assert.That(shares.Where(share => share.Count > 0).Select(share => share.Count), Is.All.GreaterThanOrEqualTo(Math.Min(units, 16)));
    }

    [TestCase(256, 3)]
    [TestCase(2, 5)]
    public void Of_Rows_CoversThemEvenly(int rows, int workers)
    {
        WorkRange[] shares = [.. Enumerable.Range(0, workers).Select(worker => WorkRange.Of(rows, worker, workers))];

        Assert.That(shares.SelectMany(share => Enumerable.Range(share.Start, share.Count)), Is.EqualTo(Enumerable.Range(0, rows)));
        Assert.That(shares.Max(share => share.Count) - shares.Min(share => share.Count), Is.LessThanOrEqualTo(1));
    }
}
