using MnistML.Training.Rows;

namespace MnistML.Tests.Training.Rows;

internal sealed class BatchPlanTests
{
    [TestCase(10, 4, false, new[] { 4, 4, 2 })]
    [TestCase(9, 4, false, new[] { 4, 4, 1 })]
    [TestCase(8, 4, false, new[] { 4, 4 })]
    [TestCase(3, 4, false, new[] { 3 })]
    [TestCase(1, 4, false, new[] { 1 })]
    [TestCase(10, 4, true, new[] { 4, 4, 2 })]
    [TestCase(9, 4, true, new[] { 4, 5 })]
    [TestCase(8, 4, true, new[] { 4, 4 })]
    [TestCase(5, 4, true, new[] { 5 })]
    [TestCase(1, 4, true, new[] { 1 })]
    public void SizeOf_OfEachBatch_MakesUpAllRows(int rows, int batchSize, bool joinsSingleRow, int[] sizes)
    {
        var plan = new BatchPlan(rows, batchSize, joinsSingleRow);

        Assert.That(Enumerable.Range(0, plan.BatchCount).Select(plan.SizeOf), Is.EqualTo(sizes));
        Assert.That(plan.Capacity, Is.GreaterThanOrEqualTo(sizes.Max()));
    }
}
