namespace MnistML.Tests.Training.Options;

internal sealed class MlpEarlyStoppingTests
{
    [TestCase(2, 0, new[] { 1.0, 0.9, 0.95, 0.93 }, 4)]
    [TestCase(2, 0, new[] { 1.0, 0.9, 0.95, 0.8, 0.85, 0.8 }, 6)]
    [TestCase(1, 0, new[] { 1.0, 1.0 }, 2)]
    [TestCase(2, 0.1, new[] { 1.0, 0.95, 0.91 }, 3)]
    [TestCase(2, 0.1, new[] { 1.0, 0.95, 0.89, 0.85, 0.8 }, 5)]
    [TestCase(3, 0, new[] { 1.0, 0.9, 0.8, 0.7 }, null)]
    public void EndsAfter_OfLosses_WaitsForItsPatience(int patience, double minimumImprovement, double[] losses, int? endsAfter)
    {
        var rule = new MlpEarlyStopping(patience, minimumImprovement);

        var ends = Enumerable.Range(1, losses.Length).Where(epochs => rule.EndsAfter(losses[..epochs])).Cast<int?>().FirstOrDefault();

        Assert.That(ends, Is.EqualTo(endsAfter));
    }
}
