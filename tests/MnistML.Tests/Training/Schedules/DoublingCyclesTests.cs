using MnistML.Training.Schedules;

namespace MnistML.Tests.Training.Schedules;

internal sealed class DoublingCyclesTests
{
    private static readonly MlpSchedule Default = MlpSchedule.DoublingCycles();

    [TestCase(5, 4, Description = "20 updates")]
    [TestCase(3, 7, Description = "More epochs, so that there are 20 updates")]
    [TestCase(1, 20)]
    [TestCase(600, 4)]
    [TestCase(1_000, 2, Description = "Fewer epochs, so that there are no more than 2,400 updates")]
    [TestCase(4_000, 1, Description = "A million rows")]
    public void CountEpochs_BeforeTheFirst_IsThatOfTheFirstCycle(int stepsPerEpoch, int expected) =>
        Assert.That(Default.CountEpochs(stepsPerEpoch, []), Is.EqualTo(expected));

    [Test]
    public void CountEpochs_WhileTheLossFalls_DoublesTheCycles() =>
        Assert.That(CountsWhile(stepsPerEpoch: 5, losses: [0.5, 0.4, 0.3, 0.2, 0.1]), Is.EqualTo([4, 12, 28, 60, 124, 124]));

    [Test]
    public void CountEpochs_OfAFifthCycle_NeedsAGreatFall()
    {
        Assert.That(CountsWhile(stepsPerEpoch: 5, losses: [0.5, 0.4, 0.3, 0.271]), Is.EqualTo([4, 12, 28, 60, 60]));
        Assert.That(CountsWhile(stepsPerEpoch: 5, losses: [0.5, 0.4, 0.3, 0.269]), Is.EqualTo([4, 12, 28, 60, 124]));
        Assert.That(Default.CountEpochs(5, new double?[200]), Is.EqualTo(60), "no losses");
    }

    /// <summary>The fifth ends after 124 epochs.</summary>
    [TestCase(77, 124, Description = "9,548 updates")]
    [TestCase(78, 60, Description = "9,672 updates")]
    public void CountEpochs_OfAFifthCycle_HasFourTimesTheUpdates(int stepsPerEpoch, int expected) =>
        Assert.That(CountsWhile(stepsPerEpoch, losses: [0.5, 0.4, 0.3, 0.2])[^1], Is.EqualTo(expected));

    [Test]
    public void CountEpochs_WhereTheLossDoesNotFall_Ends([Values(0.397, 0.4, 0.5)] double second) =>
        Assert.That(CountsWhile(stepsPerEpoch: 5, losses: [0.4, second, 0.1]), Is.EqualTo([4, 12, 12]));

    /// <summary>Cycles of 200, 400, 800 and 1,600 updates.</summary>
    [Test]
    public void CountEpochs_WhereTheNextCycleIsBeyondTheUpdates_EndsUnlessTheLossFellMuch()
    {
        Assert.That(CountsWhile(stepsPerEpoch: 50, losses: [0.5, 0.49, 0.46]), Is.EqualTo([4, 12, 28, 28]));
        Assert.That(CountsWhile(stepsPerEpoch: 50, losses: [0.5, 0.49, 0.43]), Is.EqualTo([4, 12, 28, 60]));
    }

    [Test]
    public void CountEpochs_WithoutLosses_GoesOnToTheUpdates() =>
        Assert.That(Default.CountEpochs(50, new double?[200]), Is.EqualTo(28));

    [Test]
    public void FactorAt_OfEachCycle_IsThatOfOneCycleOfItsLength()
    {
        var oneCycle = MlpSchedule.OneCycle();
        foreach (var (start, epochs) in ((int, int)[])[(0, 4), (4, 8), (12, 16)])
        {
            for (var step = 0; step < epochs * 10; step++)
            {
                Assert.That(
                    Default.FactorAt(new ScheduleStep((start * 10) + step, StepCount: 40, StepsPerEpoch: 10, [])),
                    Is.EqualTo(oneCycle.FactorAt(new ScheduleStep(step, epochs * 10, StepsPerEpoch: 10, []))),
                    $"step {step} after epoch {start}");
            }
        }
    }

    [Test]
    public void EndsCycle_OfEpochs_IsTrueForTheLastOfEach()
    {
        Assert.That(
            Enumerable.Range(1, 30).Where(epoch => Default.EndsCycle(epoch, stepsPerEpoch: 10)), Is.EqualTo([4, 12, 28]));
        Assert.That(
            ((int[])[1, 4, 5, 12, 13]).Select(epoch => Default.CycleOf(epoch, stepsPerEpoch: 10)), Is.EqualTo([1, 1, 2, 2, 3]));
    }

    /// <summary>The counts before the first epoch and after each cycle, whose loss is given.</summary>
    private static List<int?> CountsWhile(int stepsPerEpoch, double[] losses)
    {
        var counts = new List<int?> { Default.CountEpochs(stepsPerEpoch, []) };
        double?[] ofEpochs = [];
        foreach (var loss in losses)
        {
            ofEpochs = [.. ofEpochs, .. new double?[counts[^1]!.Value - ofEpochs.Length]];
            ofEpochs[^1] = loss;
            counts.Add(Default.CountEpochs(stepsPerEpoch, ofEpochs));
            if (counts[^1] == ofEpochs.Length)
            {
                break;
            }
        }

        return counts;
    }
}
