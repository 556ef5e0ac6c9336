using System.IO.Compression;
using System.Text;
using MnistML.Scoring.Archive;

namespace MnistML.Tests.Scoring.Archive;

public sealed class Crc32Tests
{
    /// <summary>The first is the check value that every description of this checksum gives.</summary>
    [TestCase("123456789", 0xCBF43926u)]
    [TestCase("", 0u)]
    [TestCase("a", 0xE8B7BE43u)]
    [TestCase("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void Of_KnownText_GivesTheKnownValue(string text, uint expected) =>
        Assert.That(Crc32.Of(Encoding.ASCII.GetBytes(text)), Is.EqualTo(expected));

    [Test]
    public void Of_AnyBytes_IsWhatZipArchivesHold()
    {
        byte[] bytes = [.. Enumerable.Range(0, 1_000).Select(i => (byte)(i * i))];
        using var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("x").Open();
            entry.Write(bytes);
        }

        using var written = new ZipArchive(zip);

        Assert.That(Crc32.Of(bytes), Is.EqualTo(written.Entries[0].Crc32));
    }
}
