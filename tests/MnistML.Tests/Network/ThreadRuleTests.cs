using MnistML.Network;
using MnistML.Tests.Support;

namespace MnistML.Tests.Network;

internal sealed class ThreadRuleTests
{
    private static readonly MlpArchitecture Classic = new(784, [512, 256], 10);

    [TestCase(2, 256, 2)]
    [TestCase(16, 256, 16)]
    [TestCase(64, 256, 32, Description = "eight rows each at least")]
    [TestCase(2, 8, 1)]
    public void WorkersFor_TheClassicNetwork_GoesByRows(int threads, int batchSize, int expected) =>
        Assert.That(ThreadRule.WorkersFor(threads, Classic, batchSize), Is.EqualTo(expected));

    [Test]
    public void WorkersFor_ATinyNetwork_IsOne() => Assert.That(ThreadRule.WorkersFor(16, new MlpArchitecture(16, [32], 3), 150), Is.EqualTo(1));

    [Test]
    public void CountPhysicalCores_OfSiblings_CountsEachCoreOnce()
    {
        using var folder = new TemporaryFolder();
        foreach (var (processor, siblings) in new[] { (0, "0,2"), (1, "1,3"), (2, "0,2"), (3, "1,3") })
        {
            var topology = Directory.CreateDirectory(folder.PathOf($"cpu{processor}/topology")).FullName;
            File.WriteAllText(Path.Combine(topology, "thread_siblings_list"), siblings + "\n");
        }

        Directory.CreateDirectory(folder.PathOf("cpufreq"));

        Assert.That(ThreadRule.CountPhysicalCores(folder.PathOf("")), Is.EqualTo(2));
        Assert.That(ThreadRule.CountPhysicalCores(folder.PathOf("cpufreq")), Is.Null);
        Assert.That(ThreadRule.CountPhysicalCores(folder.PathOf("none")), Is.Null);
    }

    [Test]
    public void ChooseThreadCount_LeftOpen_IsTheRule()
    {
        Assert.That(new MlpTrainer.Options().ChooseThreadCount(), Is.EqualTo(ThreadRule.PhysicalCores).And.InRange(1, Environment.ProcessorCount));
        Assert.That((new MlpTrainer.Options() with { ThreadCount = 5 }).ChooseThreadCount(), Is.EqualTo(5));
    }
}
