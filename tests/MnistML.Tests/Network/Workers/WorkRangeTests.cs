using MnistML.Network.Workers;

namespace MnistML.Tests.Network.Workers;

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
        WorkRange[] ranges = [.. Enumerable.Range(0, workers).Select(worker => WorkRange.OfUnits(units, worker, workers))];

        Assert.That(ranges.SelectMany(range => Enumerable.Range(range.Start, range.Count)), Is.EqualTo(Enumerable.Range(0, units)));
        Assert.That(ranges.Where(range => range.Count > 0).Select(range => range.Count), Is.All.GreaterThanOrEqualTo(Math.Min(units, 16)));
    }

    [TestCase(256, 3)]
    [TestCase(2, 5)]
    public void Of_Rows_CoversThemEvenly(int rows, int workers)
    {
        WorkRange[] ranges = [.. Enumerable.Range(0, workers).Select(worker => WorkRange.Of(rows, worker, workers))];

        Assert.That(ranges.SelectMany(range => Enumerable.Range(range.Start, range.Count)), Is.EqualTo(Enumerable.Range(0, rows)));
        Assert.That(ranges.Max(range => range.Count) - ranges.Min(range => range.Count), Is.LessThanOrEqualTo(1));
    }
}
