using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Idx;

public sealed class IdxFileWriteTests
{
    private static readonly IdxHeader Header = new(IdxElementType.UInt8, 5, 2, 3);

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Write_Images_GivesTheFormatsBytes()
    {
        var path = _folder.PathOf("images");

        IdxFile.Write(path, Header, IdxBytes.FivePixelBytes);

        Assert.That(File.ReadAllBytes(path), Is.EqualTo(IdxBytes.FiveImages));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "images" }));
    }

    [Test]
    public void Write_ExistingFile_ReplacesIt()
    {
        var path = _folder.Write("images", new byte[1000]);

        IdxFile.Write(path, Header, IdxBytes.FivePixelBytes);

        Assert.That(File.ReadAllBytes(path), Is.EqualTo(IdxBytes.FiveImages));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "images" }));
    }

    [TestCase(29)]
    [TestCase(31)]
    public void Write_OtherNumberOfElements_ThrowsAndLeavesTheOldFile(int count)
    {
        var path = _folder.Write("images", [1, 2, 3]);

        Assert.That(
            () => IdxFile.Write(path, Header, new byte[count]),
            Throws.TypeOf<ArgumentException>()
                .With.Message.EqualTo($"UInt8 5×2×3 takes 30 bytes, but {count} were given. (Parameter 'elements')"));
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "images" }));
    }

    [Test]
    public void Write_TargetIsAFolder_ThrowsAndLeavesNothingBehind()
    {
        var path = Directory.CreateDirectory(_folder.PathOf("images")).FullName;
        File.WriteAllText(Path.Combine(path, "kept"), "kept");

        Assert.That(
            () => IdxFile.Write(path, Header, IdxBytes.FivePixelBytes),
            Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());
        Assert.That(_folder.Names, Is.EqualTo(new[] { "images" }));
        Assert.That(File.ReadAllText(Path.Combine(path, "kept")), Is.EqualTo("kept"));
    }

    [Test]
    public void Write_MissingFolder_Throws() => Assert.That(
        () => IdxFile.Write(_folder.PathOf("no/images"), Header, IdxBytes.FivePixelBytes), Throws.TypeOf<DirectoryNotFoundException>());

    [Test]
    public void Write_NullArguments_Throws()
    {
        Assert.That(() => IdxFile.Write((string)null!, Header, []), Throws.ArgumentNullException);
        Assert.That(() => IdxFile.Write(_folder.PathOf("images"), null!, []), Throws.ArgumentNullException);
    }
}
