using MnistML.Native;
using MnistML.Tests.Support;

namespace MnistML.Tests.Native;

internal sealed class PhysicalCoresTests
{
    [Test]
    public void Count_OnThisMachine_IsAtMostThatOfLogicalProcessors()
    {
        Assert.That(PhysicalCores.Count, Is.InRange(1, Environment.ProcessorCount));
        Assert.That(PhysicalCores.CountAll(), Is.Null.Or.Positive);
    }

    /// <summary>Two cores, of which one has two threads, and a cache between them, as Windows lists them.</summary>
    [Test]
    public void CountIn_RecordsOfWindows_CountsThoseOfCores()
    {
        byte[] core = [0, 0, 0, 0, 48, 0, 0, 0, 1, .. new byte[39]];
        byte[] cache = [2, 0, 0, 0, 56, 0, 0, 0, .. new byte[48]];

        Assert.That(PhysicalCores.CountIn([.. core, .. cache, .. core]), Is.EqualTo(2));
        Assert.That(PhysicalCores.CountIn(cache), Is.Null);
        Assert.That(PhysicalCores.CountIn([]), Is.Null);
        Assert.That(PhysicalCores.CountIn(core.AsSpan(0, 47)), Is.Null, "a record that is cut");
        Assert.That(PhysicalCores.CountIn([0, 0, 0, 0, 0, 0, 0, 0]), Is.Null, "a record without a size");
    }

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
