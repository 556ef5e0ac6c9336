using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Idx;

/// <summary>The files that writers leave when all goes well, and when something does not.</summary>
internal sealed class IdxWriterTests
{
    private static readonly IdxHeader Header = new(IdxElementType.UInt8, 3);
    private static readonly byte[] Old = [1, 2, 3];

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void PublishBoth_ToNewNames_WritesBoth()
    {
        Publish();

        Assert.That(_folder.Names, Is.EqualTo(["first", "second"]));
        Assert.That(ElementsOf("first"), Is.EqualTo(new byte[] { 7, 7, 7 }));
        Assert.That(ElementsOf("second"), Is.EqualTo(new byte[] { 8, 8, 8 }));
    }

    [Test]
    public void PublishBoth_OverOldFiles_ReplacesBoth()
    {
        _folder.Write("first", Old);
        _folder.Write("second", Old);

        Publish();

        Assert.That(_folder.Names, Is.EqualTo(["first", "second"]));
        Assert.That(ElementsOf("first"), Is.EqualTo(new byte[] { 7, 7, 7 }));
        Assert.That(ElementsOf("second"), Is.EqualTo(new byte[] { 8, 8, 8 }));
    }

    [Test]
    public void PublishBoth_WhereTheSecondFails_RestoresTheFirst()
    {
        _folder.Write("first", Old);

        Assert.That(() => Publish(() => Directory.CreateDirectory(_folder.PathOf("second/kept"))), Throws.InstanceOf<SystemException>());

        Assert.That(_folder.Names, Is.EqualTo(["first", "second"]));
        Assert.That(File.ReadAllBytes(_folder.PathOf("first")), Is.EqualTo(Old));
        Assert.That(Directory.Exists(_folder.PathOf("second/kept")));
    }

    [Test]
    public void PublishBoth_WhereTheSecondFailsAndTheFirstIsNew_LeavesNone()
    {
        Assert.That(() => Publish(() => Directory.CreateDirectory(_folder.PathOf("second/kept"))), Throws.InstanceOf<SystemException>());

        Assert.That(_folder.Names, Is.EqualTo(["second"]));
    }

    [Test]
    public void PublishBoth_WhereTheFirstFails_LeavesAllAsItWas()
    {
        _folder.Write("second", Old);

        Assert.That(() => Publish(() => Directory.CreateDirectory(_folder.PathOf("first/kept"))), Throws.InstanceOf<SystemException>());

        Assert.That(_folder.Names, Is.EqualTo(["first", "second"]));
        Assert.That(Directory.Exists(_folder.PathOf("first/kept")));
        Assert.That(File.ReadAllBytes(_folder.PathOf("second")), Is.EqualTo(Old));
    }

    [TestCase("images.gz", true)]
    [TestCase("images.GZ", true)]
    [TestCase("images", false)]
    public void Finish_OfAName_PacksIfItSaysSo(string name, bool isPacked)
    {
        using var writer = Finished(name, value: 7);
        writer.Publish();

        // The writer has let go of the file, though it is not disposed yet.
        var bytes = File.ReadAllBytes(_folder.PathOf(name));
        Assert.That(bytes[..2], Is.EqualTo(isPacked ? new byte[] { 0x1F, 0x8B } : [0, 0]));
        Assert.That(ElementsOf(name), Is.EqualTo(new byte[] { 7, 7, 7 }));
        Assert.That(_folder.Names, Is.EqualTo([name]));
    }

    [Test]
    public void Dispose_OfWhatIsNotPublished_LeavesNoFile([Values("images", "images.gz")] string name, [Values] bool isFinished)
    {
        var writer = isFinished ? Finished(name, value: 7) : new IdxWriter(_folder.PathOf(name), dimensionCount: 1);

        writer.Dispose();

        Assert.That(_folder.Names, Is.Empty);
        Assert.That(() => writer.Write(Old), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Constructor_WithAFolder_SaysSoAtOnce() => Assert.That(
        () => new IdxWriter(_folder.Path, dimensionCount: 1),
        Throws.TypeOf<IOException>().With.Message.EqualTo($"'{_folder.Path}' is a folder, but a file is to be written: name a file."));

    private void Publish(Action? beforeIt = null)
    {
        using var first = Finished("first", value: 7);
        using var second = Finished("second", value: 8);
        beforeIt?.Invoke();
        IdxWriter.PublishBoth(first, second);
    }

    private IdxWriter Finished(string name, byte value)
    {
        var writer = new IdxWriter(_folder.PathOf(name), dimensionCount: 1);
        writer.Write([value, value]);
        writer.Write([value]);
        writer.Finish(Header);
        return writer;
    }

    private byte[] ElementsOf(string name) => IdxFile.Read(_folder.PathOf(name)).ToArray<byte>();
}
