using MnistML.Training.Choices;

namespace MnistML.Tests.Training.Choices;

internal sealed class AutoDropoutTests
{
    [TestCase(1, 0.3)]
    [TestCase(20_000, 0.3)]
    [TestCase(20_001, 0)]
    [TestCase(60_000, 0, Description = "MNIST")]
    public void RateFor_Rows_IsAboveZeroForFew(long rowCount, double expected) =>
        Assert.That(AutoDropout.Choose(rowCount, MlpTask.Multiclass, hasCycles: false), Is.EqualTo(expected));

    [Test]
    public void RateFor_Cycles_IsThatOfFewRows([Values(1, 60_000)] long rowCount) =>
        Assert.That(AutoDropout.Choose(rowCount, MlpTask.Multiclass, hasCycles: true), Is.EqualTo(0.3));

    [TestCase(MlpTask.Binary, 20_000, 0.3)]
    [TestCase(MlpTask.Regression, 20_000, 0.1)]
    [TestCase(MlpTask.Regression, 20_001, 0)]
    public void RateFor_Task_IsLessForNumbers(MlpTask task, long rowCount, double expected) =>
        Assert.That(AutoDropout.Choose(rowCount, task, hasCycles: false), Is.EqualTo(expected));
}
