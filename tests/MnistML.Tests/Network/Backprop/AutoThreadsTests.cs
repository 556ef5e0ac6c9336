using MnistML.Native;
using MnistML.Network.Backprop;

namespace MnistML.Tests.Network.Backprop;

internal sealed class AutoThreadsTests
{
    private static readonly MlpArchitecture Classic = new(784, [512, 256], 10);

    [TestCase(2, 256, 2)]
    [TestCase(16, 256, 16)]
    [TestCase(64, 256, 32, Description = "eight rows each at least")]
    [TestCase(2, 8, 1)]
    public void Choose_TheClassicNetwork_GoesByRows(int threads, int batchSize, int expected) =>
        Assert.That(AutoThreads.Choose(threads, Classic, batchSize), Is.EqualTo(expected));

    [Test]
    public void Choose_ATinyNetwork_IsOne() => Assert.That(AutoThreads.Choose(16, new MlpArchitecture(16, [32], 3), 150), Is.EqualTo(1));

    [Test]
    public void ChooseThreadCount_LeftOpen_IsTheRule()
    {
        Assert.That(
            new MlpTrainer.Options().ChooseThreadCount(), Is.EqualTo(PhysicalCores.Count).And.InRange(1, Environment.ProcessorCount));
        Assert.That((new MlpTrainer.Options() with { ThreadCount = 5 }).ChooseThreadCount(), Is.EqualTo(5));
    }
}
