using MnistML.Common;
using MnistML.Tests.Support;

namespace MnistML.Tests.Common;

/// <summary>Moves that Windows refuses for a while. Elsewhere none is refused, so here the move is a stand-in.</summary>
internal sealed class FileMoveTests
{
    private static readonly int[] AllWaits = [50, 100, 200, 400, 800];

    [TestCase(0x80070020, Description = "ERROR_SHARING_VIOLATION")]
    [TestCase(0x80070021, Description = "ERROR_LOCK_VIOLATION")]
    [TestCase(0x800704C8, Description = "ERROR_USER_MAPPED_FILE")]
    [TestCase(0x80070497, Description = "ERROR_UNABLE_TO_REMOVE_REPLACED")]
    public void Try_HeldOpenForAWhile_MovesInTheEnd(long code)
    {
        var (tries, waits) = (0, new List<int>());

        FileMove.Try(
            "x",
            () =>
            {
                if (++tries < 4)
                {
                    throw new IOException("held", unchecked((int)code));
                }
            },
            waits.Add);

        Assert.That(tries, Is.EqualTo(4));
        Assert.That(waits, Is.EqualTo(AllWaits[..3]));
    }

    [Test]
    public void Try_HeldOpenForLong_SaysWhatMayHoldIt()
    {
        var waits = new List<int>();
        var held = new IOException("The process cannot access the file.", unchecked((int)0x80070020));

        Assert.That(
            () => FileMove.Try("model.zip", () => throw held, waits.Add),
            Throws.TypeOf<IOException>().With.Message.EqualTo(
                "'model.zip' can't be replaced, since another program holds it open: a virus scanner, a backup or synchronisation program, "
                + "a viewer, or another process that reads it. Close it there and try again, or choose another name."));
        Assert.That(waits, Is.EqualTo(AllWaits));
    }

    [Test]
    public void Try_AnotherFault_IsNotTriedAgain()
    {
        var full = new IOException("There is not enough space on the disk.", unchecked((int)0x80070070));

        var thrown = Assert.Throws<IOException>(() => FileMove.Try("x", () => throw full, _ => Assert.Fail("It waited.")));

        Assert.That(thrown, Is.SameAs(full));
    }

    /// <summary>Only Windows refuses to replace a file that is open.</summary>
    [Test]
    public void Replace_OfAnOpenFile_SaysWhatMayHoldItOrReplacesIt()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("x", [1]);
        folder.Write("new", [2]);
        if (OperatingSystem.IsWindows())
        {
            using var holder = File.OpenRead(path);
            Assert.That(
                () => FileMove.Replace(folder.PathOf("new"), path), Throws.TypeOf<IOException>().With.Message.Contains("holds it open"));
        }

        FileMove.Replace(folder.PathOf("new"), path);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 2 }));
    }
}
