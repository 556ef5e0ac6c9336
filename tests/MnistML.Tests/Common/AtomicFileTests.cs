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
    public void Write_Content_IsThereAloneAndReplacesWhatWas()
    {
        var path = _folder.Write("x", [9, 9, 9]);

        AtomicFile.Write(path, stream => stream.Write([1, 2]));

        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1, 2 }));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Write_UntilItIsWhole_LeavesWhatWas()
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
    public void Write_ThatFails_LeavesWhatWasAndNothingElse()
    {
        var path = _folder.Write("x", [9]);

        Assert.That(() => AtomicFile.Write(path, _ => throw new IOException("full")), Throws.TypeOf<IOException>().With.Message.EqualTo("full"));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 9 }));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Write_OverWhatAKilledProcessLeft_Works()
    {
        _folder.Write("x.tmp", new byte[100]);

        AtomicFile.Write(_folder.PathOf("x"), stream => stream.WriteByte(1));

        Assert.That(File.ReadAllBytes(_folder.PathOf("x")), Is.EqualTo(new byte[] { 1 }));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "x" }));
    }

    [Test]
    public void Write_FolderMissing_Throws() => Assert.That(
        () => AtomicFile.Write(_folder.PathOf("a/x"), _ => { }), Throws.TypeOf<DirectoryNotFoundException>());
}
