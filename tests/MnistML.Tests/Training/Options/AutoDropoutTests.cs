using MnistML.Training.Options;

namespace MnistML.Tests.Training.Options;

internal sealed class AutoDropoutTests
{
    [TestCase(1, 0.3)]
    [TestCase(20_000, 0.3)]
    [TestCase(20_001, 0)]
    [TestCase(60_000, 0, Description = "MNIST")]
    public void RateFor_Rows_IsAboveZeroForFew(long rowCount, double expected) =>
        Assert.That(AutoDropout.Choose(rowCount, MlpTask.Multiclass), Is.EqualTo(expected));

    [TestCase(MlpTask.Binary, 20_000, 0.3)]
    [TestCase(MlpTask.Regression, 20_000, 0.1)]
    [TestCase(MlpTask.Regression, 20_001, 0)]
    public void RateFor_Task_IsLessForNumbers(MlpTask task, long rowCount, double expected) =>
        Assert.That(AutoDropout.Choose(rowCount, task), Is.EqualTo(expected));

    [Test]
    public void Options_OfEachTask_HaveItsRule()
    {
        Assert.That(new MlpBinaryTrainer.Options().DropoutRateFor(100), Is.EqualTo(0.3));
        Assert.That(new MlpRegressionTrainer.Options().DropoutRateFor(100), Is.EqualTo(0.1));
        Assert.That(new MlpRegressionTrainer.Options { MaxEpochs = 5 }.DropoutRateFor(100), Is.Zero);
    }

    [Test]
    public void DropoutRateFor_WhatTheUserSet_IsThat([Values(0, 0.2)] double rate) =>
        Assert.That((new MlpTrainer.Options() with { DropoutRate = rate }).DropoutRateFor(100), Is.EqualTo(rate));

    [Test]
    public void DropoutRateFor_WithEpochsSet_IsNone() =>
        Assert.That((new MlpTrainer.Options() with { MaxEpochs = 5 }).DropoutRateFor(100), Is.Zero);

    [Test]
    public void DropoutRateFor_LeftOpen_IsTheRule() =>
        Assert.That(new MlpTrainer.Options().DropoutRateFor(100), Is.EqualTo(AutoDropout.Choose(100, MlpTask.Multiclass)));
}
