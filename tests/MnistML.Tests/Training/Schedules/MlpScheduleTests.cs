using MnistML.Training.Schedules;

namespace MnistML.Tests.Training.Schedules;

/// <summary>The factors are those that PyTorch's schedulers of the same names gave for a learning rate of 1 (version 1.13).</summary>
internal sealed class MlpScheduleTests
{
    [Test]
    public void Constant_AtAnyStep_IsOne() => Assert.That(Factors(MlpSchedule.Constant, 5), Is.All.EqualTo(1));

    [Test]
    public void OneCycle_OfTwentySteps_IsPyTorchs() => Assert.That(Factors(MlpSchedule.OneCycle(), 20), Is.EqualTo([
        0.04, 0.1316718427, 0.3716718427, 0.6683281573, 0.9083281573, 1.0, 0.987464006235, 0.950484632013, 0.890916177571, 0.81174565395,
        0.716943001791, 0.611262021936, 0.500002, 0.388741978064, 0.283060998209, 0.18825834605, 0.109087822429, 0.0495193679865,
            0.0125399937649, 4e-06,
    ]).Within(1e-9));

    [Test]
    public void OneCycle_OfTwoSteps_IsPyTorchs() =>
        Assert.That(Factors(MlpSchedule.OneCycle(), 2), Is.EqualTo([0.81174565395, 4e-06]).Within(1e-9));

    [Test]
    public void OneCycle_WithSettings_BeginsAndEndsByThem()
    {
        var factors = Factors(MlpSchedule.OneCycle(riseShare: 0.5, startDivisor: 10, endDivisor: 4), 8);

        Assert.That(factors[0], Is.EqualTo(0.1).Within(1e-12));
        Assert.That(factors[3], Is.EqualTo(1).Within(1e-12));
        Assert.That(factors[7], Is.EqualTo(0.025).Within(1e-12));
    }

    [Test]
    public void Cosine_OfTenSteps_IsPyTorchs() => Assert.That(Factors(MlpSchedule.Cosine(minimumFactor: 0.1), 10), Is.EqualTo([
        1.0, 0.977975432333, 0.914057647469, 0.814503363532, 0.689057647469, 0.55, 0.410942352531, 0.285496636468, 0.185942352531,
            0.122024567667,
    ]).Within(1e-9));

    [Test]
    public void StepDecay_EveryThreeEpochs_IsPyTorchs()
    {
        Assert.That(Factors(MlpSchedule.StepDecay(everyEpochs: 3, factor: 0.5), 8), Is.EqualTo([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25]));
        Assert.That(
            Factors(MlpSchedule.StepDecay(everyEpochs: 2), 10, stepsPerEpoch: 2),
            Is.EqualTo([1, 1, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01]).Within(1e-12));
    }

    [Test]
    public void ReduceOnPlateau_WithPatience_IsPyTorchs()
    {
        double[] losses = [1, 0.9, 0.895, 0.895, 0.5, 0.6, 0.7, 0.8, 0.45, 0.45];
        var schedule = MlpSchedule.ReduceOnPlateau(factor: 0.5, patience: 1, minimumImprovement: 0.01);

        var factors = Enumerable.Range(0, 10).Select(epoch => schedule.FactorAt(new ScheduleStep(epoch, 10, 1, losses[..epoch])));

        Assert.That(factors, Is.EqualTo([1, 1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]));
    }

    [Test]
    public void ReduceOnPlateau_WithAMinimum_StopsThere()
    {
        var schedule = MlpSchedule.ReduceOnPlateau(factor: 0.5, patience: 0, minimumFactor: 0.3);

        Assert.That(schedule.FactorAt(new ScheduleStep(9, 10, 1, [1, 1, 1, 1])), Is.EqualTo(0.3));
    }

    [Test]
    public void WarmUpEpochs_OfASchedule_RiseInAStraightLineAndThenItBegins()
    {
        var factors = Factors(MlpSchedule.StepDecay(everyEpochs: 1, factor: 0.5) with { WarmUpEpochs = 2 }, 8, stepsPerEpoch: 2);

        Assert.That(factors, Is.EqualTo([0.25, 0.5, 0.75, 1, 1, 1, 0.5, 0.5]));
    }

    [Test]
    public void WarmUpEpochs_OfHalfAnEpoch_AreHalfItsUpdates() =>
        Assert.That(Factors(MlpSchedule.Constant with { WarmUpEpochs = 0.5 }, 4, stepsPerEpoch: 4), Is.EqualTo([0.5, 1, 1, 1]));

    [Test]
    public void WarmUpEpochs_BeforeACosine_LeaveItTheOtherUpdates()
    {
        var factors = Factors(MlpSchedule.Cosine() with { WarmUpEpochs = 2 }, 6);

        Assert.That(factors, Is.EqualTo([0.5, 1, 1, 0.85355339059327373, 0.5, 0.14644660940672624]).Within(1e-12));
    }

    /// <summary>A rise that would end at the first update has no length.</summary>
    [Test]
    public void OneCycle_WithItsPeakAtTheFirstUpdate_OnlyFalls()
    {
        var factors = Factors(MlpSchedule.OneCycle(riseShare: 0.5, startDivisor: 10, endDivisor: 10), 2);

        Assert.That(factors, Is.EqualTo([1, 0.01]).Within(1e-12));
    }

    [Test]
    public void ReduceOnPlateau_WhereALossOnlyEqualsTheBest_CountsNoImprovement()
    {
        var schedule = MlpSchedule.ReduceOnPlateau(factor: 0.5, patience: 0, minimumImprovement: 0);

        Assert.That(schedule.FactorAt(new ScheduleStep(2, 10, 1, [1, 1])), Is.EqualTo(0.5));
    }

    /// <summary>PyTorch remembers the best loss, too, when a worse one comes after it.</summary>
    [Test]
    public void ReduceOnPlateau_AfterAWorseLoss_ComparesWithTheBest()
    {
        var schedule = MlpSchedule.ReduceOnPlateau(factor: 0.5, patience: 1);

        Assert.That(schedule.FactorAt(new ScheduleStep(3, 10, 1, [1, 3, 2])), Is.EqualTo(0.5));
    }

    private static IEnumerable<TestCaseData> Described() =>
    [
        new(MlpSchedule.Constant, "constant", false),
        new(MlpSchedule.Cosine(), "cosine", true),
        new(MlpSchedule.OneCycle(), "one cycle", true),
        new(MlpSchedule.StepDecay(3, 0.5), "times 0.5 every 3 epochs", false),
        new(MlpSchedule.ReduceOnPlateau(0.25, 2), "times 0.25 after 2 epochs without progress", false),
    ];

    [TestCaseSource(nameof(Described))]
    public void Schedule_OfEachKind_SaysItsRuleAndWhetherLengthMatters(MlpSchedule schedule, string text, bool dependsOnLength)
    {
        Assert.That(schedule.ToString(), Is.EqualTo(text));
        Assert.That(schedule.DependsOnLength(), Is.EqualTo(dependsOnLength));
    }

    private static double[] Factors(MlpSchedule schedule, int stepCount, int stepsPerEpoch = 1) =>
        [.. Enumerable.Range(0, stepCount).Select(step => schedule.FactorAt(new ScheduleStep(step, stepCount, stepsPerEpoch, [])))];
}
