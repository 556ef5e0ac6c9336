using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Data.Loading;

/// <summary>Cursors that share a pass, on 250 images.</summary>
public sealed class IdxCursorSetTests
{
    private const int RowCount = 250;

    private readonly ManyImageFiles _files = new(RowCount);
    private IDataView _view = null!;

    [OneTimeSetUp]
    public void Load() => _view = _files.Load();

    [OneTimeTearDown]
    public void DeleteFiles() => _files.Dispose();

    [Test]
    public void GetRowCursorSet_OneToMany_SplitsTheRowsEvenly([Values(1, 2, 3, 8, 250)] int count, [Values(null, 5)] int? seed)
    {
        var shares = Shares(count, seed);

        Assert.That(shares, Has.Length.EqualTo(count));
        Assert.That(shares.Max(share => share.Count), Is.LessThanOrEqualTo((2 * RowCount / count) + 1));
        Assert.That(shares.Min(share => share.Count), Is.GreaterThanOrEqualTo(RowCount / count / 2));
        Assert.That(shares.SelectMany(share => share), Is.Unique.And.Exactly(RowCount).Items);
    }

    [Test]
    public void GetRowCursorSet_MergedByBatch_GivesTheOneCursorsOrder([Values(1, 2, 3, 8, 250)] int count, [Values(null, 5)] int? seed)
    {
        var shares = Shares(count, seed);

        foreach (var share in shares)
        {
            Assert.That(share.Select(row => row.Batch), Is.Ordered);
        }

        // Stable: the rows of a batch stay in their cursor's order.
        var merged = shares.SelectMany(share => share).OrderBy(row => row.Batch).Select(row => row.Id);
        Assert.That(merged, Is.EqualTo(Read(_view.GetRowCursor(_view.Schema, RandomOf(seed))).Select(row => row.Id)));
    }

    [Test]
    public void GetRowCursorSet_MoreThanRows_GivesOneForEachRow() =>
        Assert.That(Shares(1_000, seed: null), Has.Length.EqualTo(RowCount).And.All.Count.EqualTo(1));

    [Test]
    public void GetRowCursorSet_NoRows_GivesOneEmptyCursor()
    {
        using var none = new ManyImageFiles(0);
        var empty = none.Load();

        var cursors = empty.GetRowCursorSet(empty.Schema, 4);

        Assert.That(cursors, Has.Length.EqualTo(1));
        Assert.That(Read(cursors[0]), Is.Empty);
    }

    [Test]
    public void GetRowCursorSet_OneThreadEach_GivesWhatOneThreadGives()
    {
        var expected = Shares(8, seed: 5);
        var cursors = _view.GetRowCursorSet(_view.Schema, 8, new Random(5));
        var found = new List<SeenRow>[cursors.Length];
        var threads = cursors.Select((cursor, index) => new Thread(() => found[index] = Read(cursor))).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.That(found, Is.EqualTo(expected));
    }

    [Test]
    public void GetIdGetter_InOrderShuffledAndSplit_GivesARowItsOwnId()
    {
        var expected = Read(_view.GetRowCursor(_view.Schema)).ToDictionary(row => row.Id, row => row.Pixels);

        Assert.That(expected, Has.Count.EqualTo(RowCount));
        Assert.That(PixelsById(Read(_view.GetRowCursor(_view.Schema, new Random(7)))), Is.EquivalentTo(expected));
        Assert.That(PixelsById(Shares(3, seed: 9).SelectMany(share => share)), Is.EquivalentTo(expected));
    }

    private static Dictionary<DataViewRowId, string> PixelsById(IEnumerable<SeenRow> rows) =>
        rows.ToDictionary(row => row.Id, row => row.Pixels);

    private static Random? RandomOf(int? seed) => seed is { } given ? new Random(given) : null;

    private static List<SeenRow> Read(DataViewRowCursor cursor)
    {
        using (cursor)
        {
            var getImage = cursor.GetGetter<VBuffer<byte>>(cursor.Schema["Image"]);
            var getLabel = cursor.GetGetter<uint>(cursor.Schema["Label"]);
            var getId = cursor.GetIdGetter();
            var (image, label, id) = (default(VBuffer<byte>), 0u, default(DataViewRowId));
            var rows = new List<SeenRow>();
            while (cursor.MoveNext())
            {
                getImage(ref image);
                getLabel(ref label);
                getId(ref id);
                rows.Add(new SeenRow(id, cursor.Batch, $"{Convert.ToHexString(image.GetValues())} {label}"));
            }

            return rows;
        }
    }

    private List<SeenRow>[] Shares(int count, int? seed) => [.. _view.GetRowCursorSet(_view.Schema, count, RandomOf(seed)).Select(Read)];

    private sealed record SeenRow(DataViewRowId Id, long Batch, string Pixels);
}
