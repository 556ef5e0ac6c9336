using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Idx;

public sealed class IdxFileReadTests
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("images-idx3-ubyte")]
    [TestCase("images.idx3-ubyte.gz")]
    public void Read_RawWhateverItsName_GivesItems(string name)
    {
        var path = _folder.Write(name, IdxBytes.FiveImages);

        AssertFiveImages(IdxFile.Read(path), path);
    }

    [TestCase("packed-images-idx3-ubyte")]
    [TestCase("packed-images-idx3-ubyte.gz")]
    public void Read_GzipWhateverItsName_GivesItems(string name)
    {
        var path = _folder.Write(name, IdxBytes.Gzip(IdxBytes.FiveImages));

        AssertFiveImages(IdxFile.Read(path), path);
    }

    [Test]
    public void Read_GzipInTwoMembers_GivesItems()
    {
        var bytes = IdxBytes.FiveImages;
        var path = _folder.Write("two-members", [.. IdxBytes.Gzip(bytes[..20]), .. IdxBytes.Gzip(bytes[20..])]);

        AssertFiveImages(IdxFile.Read(path), path);
    }

    [Test]
    public void Read_ElementsOfTwoBytes_ItemsHoldThemBigEndian()
    {
        var file = IdxFile.Read(_folder.Write("int16", IdxBytes.Of(0x0B, [3, 2], 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)));
        using var reader = file.OpenReader();

        Assert.That(reader.ReadItem(1).ToArray(), Is.EqualTo(new byte[] { 4, 5, 6, 7 }));
        Assert.That(reader.ReadItem(2).ToArray(), Is.EqualTo(new byte[] { 8, 9, 10, 11 }));
    }

    [Test]
    public void Read_NoItems_GivesAnEmptyFile()
    {
        var bytes = IdxBytes.Of(0x08, [0, 2, 3]);

        Assert.That(IdxFile.Read(_folder.Write("none", bytes)).Header.ToString(), Is.EqualTo("UInt8 0×2×3"));
        Assert.That(IdxFile.Read(_folder.Write("none.gz", IdxBytes.Gzip(bytes))).Header.ToString(), Is.EqualTo("UInt8 0×2×3"));
    }

    [TestCase(-1)]
    [TestCase(5)]
    [TestCase(int.MaxValue)]
    [TestCase(int.MinValue)]
    public void ReadItem_OutOfRange_Throws(int index)
    {
        var file = IdxFile.Read(_folder.Write("range", IdxBytes.FiveImages));
        using var reader = file.OpenReader();

        Assert.That(
            () => reader.ReadItem(index).Length, Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("index"));
    }

    [Test]
    public void Read_NullOrEmptyPath_Throws()
    {
        Assert.That(() => IdxFile.Read((string)null!), Throws.ArgumentNullException);
        Assert.That(() => IdxFile.Read(""), Throws.ArgumentException);
    }

    [Test]
    public void Read_MissingFile_ThrowsAndNamesIt()
    {
        var path = _folder.PathOf("missing");

        Assert.That(
            () => IdxFile.Read(path), Throws.TypeOf<FileNotFoundException>().With.Message.EqualTo($"Could not find file '{path}'."));
    }

    [Test]
    public void Read_Folder_SaysThatItIsOne() => Assert.That(
        () => IdxFile.Read(_folder.Path),
        Throws.TypeOf<IOException>().With.Message.EqualTo($"'{_folder.Path}' is a folder, but an IDX file was expected: "
            + "name the file that is in it."));

    private static void AssertFiveImages(IdxFile file, string path)
    {
        Assert.That(file.Name, Is.EqualTo(path));
        Assert.That(file.Header.ToString(), Is.EqualTo("UInt8 5×2×3"));
        using var reader = file.OpenReader();
        for (var i = 0; i < 5; i++)
        {
            Assert.That(reader.ReadItem(i).ToArray(), Is.EqualTo(IdxBytes.FivePixelBytes[(6 * i)..(6 * (i + 1))]));
        }
    }
}
