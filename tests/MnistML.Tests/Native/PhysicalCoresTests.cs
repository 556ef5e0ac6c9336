using MnistML.Native;
using MnistML.Tests.Support;

namespace MnistML.Tests.Native;

internal sealed class PhysicalCoresTests
{
    [Test]
    public void CountIn_FoldersOfSiblings_CountsEachCoreOnce()
    {
        using var folder = new TemporaryFolder();
        foreach (var (processor, siblings) in new[] { (0, "0,2"), (1, "1,3"), (2, "0,2"), (3, "1,3") })
        {
            var topology = Directory.CreateDirectory(folder.PathOf($"cpu{processor}/topology")).FullName;
            File.WriteAllText(Path.Combine(topology, "thread_siblings_list"), siblings + "\n");
        }

        Directory.CreateDirectory(folder.PathOf("cpufreq"));

        Assert.That(PhysicalCores.CountIn(folder.PathOf("")), Is.EqualTo(2));
        Assert.That(PhysicalCores.CountIn(folder.PathOf("cpufreq")), Is.Null);
        Assert.That(PhysicalCores.CountIn(folder.PathOf("none")), Is.Null);
    }
}
