using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Idx;

/// <summary>A file of 6,000,000 images, 4.7 GB of which nearly all are holes that take no room.</summary>
[Platform("Linux", Reason = "Elsewhere a file's holes may be written out.")]
public sealed class IdxFileLargeTests
{
    private const int Count = 6_000_000;
    private const int ItemByteCount = 784;
    private const int HeaderByteCount = 16;
    private const long MaxMemory = 8 << 20;

    private readonly TemporaryFolder _folder = new();
    private string _path = null!;

    [OneTimeSetUp]
    public void WriteFile()
    {
        _path = _folder.PathOf("large");
        using var file = File.Create(_path);
        file.Write([0, 0, 8, 3, 0x00, 0x5B, 0x8D, 0x80, 0, 0, 0, 28, 0, 0, 0, 28]);
        file.SetLength(HeaderByteCount + ((long)Count * ItemByteCount));
        foreach (var index in (int[])[0, 3_000_000, Count - 1])
        {
            file.Position = HeaderByteCount + ((long)index * ItemByteCount);
            file.Write([1, 2, (byte)(index / 1_000_000)]);
        }
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void ReadItem_BeyondTwoAndFourGigabytes_GivesTheBytesThere()
    {
        using var reader = IdxFile.Read(_path).OpenReader();

        Assert.That(reader.ReadItem(Count - 1)[..4].ToArray(), Is.EqualTo(new byte[] { 1, 2, 5, 0 }));
        Assert.That(reader.ReadItem(3_000_000)[..4].ToArray(), Is.EqualTo(new byte[] { 1, 2, 3, 0 }));
        Assert.That(reader.ReadItem(2_999_999).ToArray(), Is.All.Zero);
        Assert.That(reader.ReadItem(0)[..4].ToArray(), Is.EqualTo(new byte[] { 1, 2, 0, 0 }));
    }

    [Test]
    public void LoadFromIdx_Opening_TakesNoMemoryForTheElements()
    {
        var mlContext = new MLContext();
        _ = mlContext.Data.LoadFromIdx(_path);
        var (allocatedBefore, before) = (GC.GetTotalAllocatedBytes(precise: true), AnonymousBytes());

        var view = mlContext.Data.LoadFromIdx(_path);
        using var cursor = view.GetRowCursor(view.Schema);
        cursor.MoveNext();

        Assert.That(view.GetRowCount(), Is.EqualTo(Count));
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore, Is.LessThan(MaxMemory));
        Assert.That(AnonymousBytes() - before, Is.LessThan(MaxMemory));
    }

    [Test]
    public void LoadFromIdx_LastRowOfAll_IsRead()
    {
        var view = new MLContext().Data.LoadFromIdx(_path);
        var image = view.Schema["Image"];
        var cursors = view.GetRowCursorSet([image], 2);

        // Moving reads nothing; only the last row's image is asked for.
        var last = cursors.Select(cursor => LastImage(cursor, image)).MaxBy(row => row.Id).Image;
        Array.ForEach(cursors, cursor => cursor.Dispose());

        Assert.That(last[..4], Is.EqualTo(new byte[] { 1, 2, 5, 0 }));
    }

    private static (ulong Id, byte[] Image) LastImage(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        var getImage = cursor.GetGetter<VBuffer<byte>>(column);
        var getId = cursor.GetIdGetter();
        var (image, id) = (default(VBuffer<byte>), default(DataViewRowId));
        while (cursor.MoveNext())
        {
            getId(ref id);
            if (id.Low >= Count - 2)
            {
                getImage(ref image);
            }
        }

        return (id.Low, image.Length == 0 ? [] : [.. image.DenseValues()]);
    }

    private static long AnonymousBytes()
    {
        const string Line = "RssAnon:";
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Line, StringComparison.Ordinal));
        return long.Parse(
            line[Line.Length..].Replace("kB", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture) << 10;
    }
}
