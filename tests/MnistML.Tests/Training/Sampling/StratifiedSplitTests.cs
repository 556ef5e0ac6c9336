using FsCheck.Fluent;
using MnistML.Tests.Support;
using MnistML.Training.Sampling;

namespace MnistML.Tests.Training.Sampling;

internal sealed class StratifiedSplitTests
{
    [Test]
    public void Begin_OfAnyClasses_GivesEachItsShare() => PropertyCheck.Holds(
        from classes in Gen.ListOf(Gen.Choose(0, 40), 6)
        from percent in Gen.Choose(1, 99)
        from seed in Gen.Choose(0, 1_000_000)
        where classes.Sum() > 0 && Rounded(classes.Sum(), percent / 100.0) is var taken && taken > 0 && taken < classes.Sum()
        select (classes, fraction: percent / 100.0, seed),
        form =>
        {
            int[] labels = [.. form.classes.SelectMany((count, label) => Enumerable.Repeat(label, count))];
            new Random(form.seed).Shuffle(labels);
            var split = new StratifiedSplit([.. form.classes.Select(count => (long)count)], form.fraction, (ulong)form.seed);

            var taken = Take(split, labels);

            Assert.That(
                taken.Count(isTaken => isTaken), Is.EqualTo(Rounded(labels.Length, form.fraction)).And.EqualTo(split.ValidationRowCount));
            for (var label = 0; label < form.classes.Count; label++)
            {
                var share = labels.Where((_, row) => taken[row]).Count(taken => taken == label);
                Assert.That(share, Is.EqualTo(form.fraction * form.classes[label]).Within(1.5), $"class {label}");
            }

            Assert.That(Take(split, labels), Is.EqualTo(taken), "a second pass");
        });

    [Test]
    public void Begin_OfAnotherSeed_TakesOtherRows()
    {
        int[] labels = [.. Enumerable.Range(0, 100).Select(row => row % 2)];

        Assert.That(
            Take(new StratifiedSplit([50, 50], 0.2, seed: 1), labels),
            Is.Not.EqualTo(Take(new StratifiedSplit([50, 50], 0.2, seed: 2), labels)));
    }

    [Test]
    public void Begin_OfManySeeds_TakesEachRowAlikeOften()
    {
        const int Seeds = 4_000;
        var labels = new int[10];
        var counts = new int[10];
        for (var seed = 0UL; seed < Seeds; seed++)
        {
            var taken = Take(new StratifiedSplit([10], 0.3, seed), labels);
            for (var row = 0; row < 10; row++)
            {
                counts[row] += taken[row] ? 1 : 0;
            }
        }

        Assert.That(counts, Is.All.EqualTo(0.3 * Seeds).Within(150)); // five standard deviations
    }

    [TestCase(
        0.01, "ValidationFraction is 0.01, which of 10 rows with labels leaves none to validate with; choose a larger one, or give "
        + "validation data.")]
    [TestCase(0.99, "ValidationFraction is 0.99, which of 10 rows with labels leaves none to train with; choose a smaller one.")]
    public void Constructor_OfAShareThatLeavesNothing_SaysSo(double fraction, string message) =>
        Assert.That(() => new StratifiedSplit([5, 5], fraction, seed: 1), Throws.InvalidOperationException.With.Message.EqualTo(message));

    private static int Rounded(int rows, double fraction) => (int)Math.Round(fraction * rows, MidpointRounding.AwayFromZero);

    private static bool[] Take(StratifiedSplit split, int[] labels)
    {
        var isTaken = split.Begin();
        return [.. labels.Select(isTaken)];
    }
}
