using MnistML.Common;
using MnistML.Tests.Support;

namespace MnistML.Tests.Common;

public sealed class AtomicFileTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Write_Content_ReplacesTheFileAndLeavesNoOther()
    {
        var path = _folder.Write("x", [9, 9, 9]);

        AtomicFile.Write(path, stream => stream.Write([1, 2]));

        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1, 2 }));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Write_UnderWay_LeavesTheOldFile()
    {
        var path = _folder.Write("x", [9]);

        AtomicFile.Write(path, stream =>
        {
            stream.Write([1, 2]);
            stream.Flush();
            Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 9 }));
        });
    }

    [Test]
    public void Write_ThatFails_LeavesTheOldFileAndNoOther()
    {
        var path = _folder.Write("x", [9]);

        Assert.That(
            () => AtomicFile.Write(path, _ => throw new IOException("full")),
            Throws.TypeOf<IOException>().With.Message.EqualTo("full"));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 9 }));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Write_BesideAnotherTemporaryFile_LeavesItAlone()
    {
        _folder.Write("x.tmp", [7, 7]);

        AtomicFile.Write(_folder.PathOf("x"), stream => stream.WriteByte(1));

        Assert.That(File.ReadAllBytes(_folder.PathOf("x")), Is.EqualTo(new byte[] { 1 }));
        Assert.That(File.ReadAllBytes(_folder.PathOf("x.tmp")), Is.EqualTo(new byte[] { 7, 7 }));
        Assert.That(_folder.Names, Is.EquivalentTo(["x", "x.tmp"]));
    }

    [Test]
    public void Write_ByTwoWritersAtOnce_PublishesOneWholeFile()
    {
        const int Length = 1 << 16;
        const int Rounds = 20;
        var path = _folder.PathOf("x");
        for (var round = 0; round < Rounds; round++)
        {
            using var bothHaveBegun = new Barrier(2);
            Parallel.Invoke(() => WriteAll(1), () => WriteAll(2));

            void WriteAll(byte value) => AtomicFile.Write(path, stream =>
            {
                stream.WriteByte(value);
                bothHaveBegun.SignalAndWait();
                stream.Write([.. Enumerable.Repeat(value, Length - 1)]);
            });

            var content = File.ReadAllBytes(path);
            Assert.That(content, Has.Length.EqualTo(Length).And.All.EqualTo(content[0]));
            Assert.That(_folder.Names, Is.EqualTo(["x"]));
        }
    }

    [Test]
    public void Write_ToAFolder_SaysToNameAFile()
    {
        var path = _folder.PathOf("folder");
        Directory.CreateDirectory(path);

        Assert.That(
            () => AtomicFile.Write(path, _ => { }),
            Throws.TypeOf<IOException>().With.Message.EqualTo($"'{path}' is a folder, but a file is to be written: name a file."));
    }

    [Test]
    public void Write_FolderMissing_SaysToCreateIt() => Assert.That(
        () => AtomicFile.Write(_folder.PathOf("a/x"), _ => { }),
        Throws.TypeOf<DirectoryNotFoundException>().With.Message.EqualTo(
            $"'{_folder.PathOf("a/x")}' can't be written, since the folder '{_folder.PathOf("a")}' does not exist: create it first."));

    /// <summary>The message of .NET would be that the temporary file, of which the user knows nothing, is not found.</summary>
    [Test]
    [Platform("Linux")]
    public void Write_WhereTheSystemMakesNoFile_NamesTheFileAndWhatToDo() => Assert.That(
        () => AtomicFile.Write("/proc/x", _ => { }),
        Throws.InstanceOf<SystemException>().With.Message.Match(
            "^'/proc/x' can't be written, since (the system makes no file in its folder: |you may not write into its folder: change its "
            + "permissions, or )choose another folder\\.$"));
}
