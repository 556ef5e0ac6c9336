using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Idx;

public sealed class IdxFileDamagedGzipTests
{
    /// <summary>A gzip file ends with a checksum and a length, 4 bytes each.</summary>
    private const int TrailerByteCount = 8;

    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    /// <summary>
    /// .NET does not miss a trailer that is not there, so a file that is cut there still gives its elements; they are whole.
    /// </summary>
    [Test]
    public void Read_CutAnywhere_ThrowsUnlessAllElementsAreThere()
    {
        var whole = IdxBytes.Gzip(IdxBytes.FiveImages);
        for (var length = 2; length < whole.Length; length++)
        {
            AssertThrowsOrGivesFiveImages(whole[..length], mustThrow: length < whole.Length - TrailerByteCount - 1);
        }
    }

    [Test]
    public void Read_CutAmongItsElements_SaysSo()
    {
        var whole = IdxBytes.Gzip(IdxBytes.FiveImages);
        var path = _folder.Write("cut-elements.gz", whole[..^(TrailerByteCount + 10)]);

        Assert.That(
            () => IdxFile.Read(path),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                $"'{path}' is cut short: UInt8 5×2×3 takes 30 bytes after the header, but it holds 22; fetch or write it again."));
    }

    [Test]
    public void Read_AnyByteBroken_NeverGivesOtherElements()
    {
        // The first 10 bytes are gzip's header, some of which mean nothing to the content.
        var whole = IdxBytes.Gzip(IdxBytes.FiveImages);
        for (var index = 10; index < whole.Length; index++)
        {
            byte[] broken = [.. whole];
            broken[index] ^= 0x10;
            AssertThrowsOrGivesFiveImages(broken, mustThrow: index < whole.Length - TrailerByteCount - 1);
        }
    }

    [Test]
    public void Read_ChecksumBroken_SaysThatTheGzipFileIsDamaged()
    {
        var bytes = IdxBytes.Gzip(IdxBytes.FiveImages);
        bytes[^TrailerByteCount] ^= 1;
        var path = _folder.Write("checksum.gz", bytes);

        Assert.That(
            () => IdxFile.Read(path),
            Throws.TypeOf<InvalidDataException>()
                .With.Message.StartsWith($"'{path}' is a damaged gzip file, so fetch it again: ")
                .And.InnerException.TypeOf<InvalidDataException>());
    }

    [Test]
    public void Read_DamagedGzipWithAShortRelativePath_NamesTheFile()
    {
        var bytes = IdxBytes.Gzip(IdxBytes.FiveImages);
        bytes[^TrailerByteCount] ^= 1;
        _folder.Write("e", bytes);
        var before = Environment.CurrentDirectory;
        Environment.CurrentDirectory = _folder.Path;
        try
        {
            Assert.That(
                () => IdxFile.Read("e"), Throws.TypeOf<InvalidDataException>().With.Message
                    .StartsWith("'e' is a damaged gzip file, so fetch it again: "));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    private void AssertThrowsOrGivesFiveImages(byte[] bytes, bool mustThrow)
    {
        var path = _folder.Write("damaged.gz", bytes);
        try
        {
            var file = IdxFile.Read(path);
            Assert.That(mustThrow, Is.False);
            Assert.That(file.ToArray<byte>(), Is.EqualTo(IdxBytes.FivePixelBytes));
        }
        catch (InvalidDataException exception)
        {
            Assert.That(exception.Message, Does.StartWith($"'{path}' "));
        }
    }
}
