using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Data.Loading;

public sealed class IdxDataViewTests
{
    private readonly FiveImageFiles _files = new();
    private IDataView _view = null!;

    [OneTimeSetUp]
    public void Load() => _view = _files.Load();

    [OneTimeTearDown]
    public void DeleteFiles() => _files.Dispose();

    [Test]
    public void GetRowCount_FiveImages_IsKnown()
    {
        Assert.That(_view.GetRowCount(), Is.EqualTo(5));
        Assert.That(_view.CanShuffle, Is.True);
    }

    [Test]
    public void GetRowCursor_Random_GivesAllRowsInAnotherOrder()
    {
        var inOrder = Read(random: null);
        var shuffled = Read(new Random(5));

        Assert.That(shuffled, Is.EquivalentTo(inOrder));
        Assert.That(shuffled, Is.Not.EqualTo(inOrder));
    }

    [Test]
    public void GetRowCursor_SameSeed_GivesTheSameOrder()
    {
        var first = Read(new Random(5));
        var second = Read(new Random(5));

        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void GetRowCursor_OneRandomTwice_GivesAnotherOrderTheSecondTime()
    {
        var random = new Random(5);
        var first = Read(random);

        Assert.That(Read(random), Is.Not.EqualTo(first));
    }

    [Test]
    public void GetIdGetter_Shuffled_EachRowKeepsItsOwnId()
    {
        var idsInOrder = Read(random: null).ToDictionary(row => row.Pixels, row => row.Id);

        Assert.That(idsInOrder.Values, Is.Unique);
        Assert.That(Read(new Random(5)).ToDictionary(row => row.Pixels, row => row.Id), Is.EquivalentTo(idsInOrder));
    }

    [Test]
    public void GetRowCursorSet_SeveralAskedFor_HoldEachRowOnce()
    {
        var column = _view.Schema["Label"];
        var labels = new List<uint>();
        foreach (var cursor in _view.GetRowCursorSet([column], 3))
        {
            using (cursor)
            {
                labels.AddRange(Labels(cursor, column));
            }
        }

        Assert.That(labels, Is.EquivalentTo(new uint[] { 3, 1, 4, 1, 2 }));
    }

    [Test]
    public void GetRowCursor_OnEightThreads_GivesEachTheSameRows()
    {
        var expected = Read(random: null);
        var found = new List<(string Pixels, ulong Id)>[8];
        var threads = Enumerable.Range(0, 8).Select(index => new Thread(() =>
        {
            for (var pass = 0; pass < 100; pass++)
            {
                found[index] = Read(random: null);
            }
        })).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.That(found, Is.All.EqualTo(expected));
    }

    [Test]
    public void GetRowCursor_NullColumns_Throws() => Assert.That(
        () => _view.GetRowCursor((IEnumerable<DataViewSchema.Column>)null!),
        Throws.ArgumentNullException.With.Property("ParamName").EqualTo("columnsNeeded"));

    private static IEnumerable<uint> Labels(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        var getLabel = cursor.GetGetter<uint>(column);
        while (cursor.MoveNext())
        {
            uint label = 0;
            getLabel(ref label);
            yield return label;
        }
    }

    private List<(string Pixels, ulong Id)> Read(Random? random)
    {
        var column = _view.Schema["Image"];
        using var cursor = _view.GetRowCursor([column], random);
        var getImage = cursor.GetGetter<VBuffer<byte>>(column);
        var getId = cursor.GetIdGetter();
        VBuffer<byte> image = default;
        DataViewRowId id = default;
        var rows = new List<(string Pixels, ulong Id)>();
        while (cursor.MoveNext())
        {
            getImage(ref image);
            getId(ref id);
            rows.Add((Convert.ToHexString(image.DenseValues().ToArray()), id.Low));
        }

        return rows;
    }
}
