using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Scoring.Cursors;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

/// <summary>Cursors own what they read from: it is disposed with them, and at once where they can't be made.</summary>
internal sealed class CursorOwnershipTests
{
    private readonly List<Watched> _opened = [];

    private ScoringCase _case = null!;

    [OneTimeSetUp]
    public void Create() => _case = new ScoringCase();

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [SetUp]
    public void Forget() => _opened.Clear();

    [TestCase("Score")]
    [TestCase("Id")]
    public void Dispose_OfACursor_DisposesThatOfTheInput(string column)
    {
        var view = _case.Transformer.Transform(new WatchedView(_case.Data, _opened));

        view.GetRowCursor([view.Schema[column]]).Dispose();

        Assert.That(_opened, Has.Count.EqualTo(1));
        Assert.That(_opened[0].Disposals, Is.GreaterThan(0));
    }

    [Test]
    public void Dispose_OfACursorWithLogits_DisposesThatOfTheInputAndReturnsTheSession([Values] bool isBatched)
    {
        using var logits = new LogitsCase(_case.Model, _case.Data.Schema);
        var input = new Watched(_case.Data.GetRowCursor(_case.Data.Schema));
        DataViewRowCursor cursor = isBatched
            ? new BatchedLogitsCursor(logits.Mapper, input, [logits.Logits])
            : new LogitsCursor(input, logits.Mapper.CreateColumns(input, [logits.Logits]));

        AssertReturned(cursor, logits);
        Assert.That(input.Disposals, Is.EqualTo(1));
    }

    [Test]
    public void Dispose_OfARowWithLogits_DisposesThatOfTheInputAndReturnsTheSession()
    {
        using var logits = new LogitsCase(_case.Model, _case.Data.Schema);
        var input = new Watched(_case.Data.GetRowCursor(_case.Data.Schema));

        AssertReturned(logits.Mapper.GetRow(input, [logits.Logits]), logits);
        Assert.That(input.Disposals, Is.EqualTo(1));
    }

    [Test]
    public void Dispose_OfAScoredCursor_DisposesTheInputAndTheRow()
    {
        Watched[] owned = [.. Enumerable.Range(0, 2).Select(_ => new Watched(_case.Data.GetRowCursor([])))];

        new ScoredCursor(owned[0], owned[1], []).Dispose();

        Assert.That(owned.Select(cursor => cursor.Disposals), Is.EqualTo([1, 1]));
    }

    [Test]
    public void Wrap_WhereOneCannotBeWrapped_DisposesAll()
    {
        Watched[] cursors = [.. Enumerable.Range(0, 3).Select(_ => new Watched(_case.Data.GetRowCursor([])))];

        Assert.That(
            () => OwnedCursors.Wrap<DataViewRowCursor>(
                cursors, cursor => cursor == cursors[1] ? throw new FormatException("Broken.") : cursor),
            Throws.TypeOf<FormatException>().With.Message.EqualTo("Broken."));
        Assert.That(cursors.Select(cursor => cursor.Disposals), Is.EqualTo([1, 1, 1]));
    }

    /// <summary>The row holds the session, however many getters it gives, until it is disposed.</summary>
    private static void AssertReturned(DataViewRow row, LogitsCase logits)
    {
        row.GetGetter<VBuffer<float>>(logits.Logits);
        row.GetGetter<VBuffer<float>>(logits.Logits);
        logits.Transformer.Dispose();

        Assert.That(logits.Transformer.IsSessionOpen, Is.True);
        row.Dispose();
        Assert.That(logits.Transformer.IsSessionOpen, Is.False);
    }

    private sealed class WatchedView(IDataView source, List<Watched> opened) : IDataView
    {
        public DataViewSchema Schema => source.Schema;

        public bool CanShuffle => source.CanShuffle;

        public long? GetRowCount() => source.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            opened.Add(new Watched(source.GetRowCursor(columnsNeeded, rand)));
            return opened[^1];
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded, rand)];
    }

    /// <summary>Counts how often it is disposed.</summary>
    private sealed class Watched(DataViewRowCursor input) : DataViewRowCursor
    {
        public int Disposals { get; private set; }

        public override DataViewSchema Schema => input.Schema;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override bool MoveNext() => input.MoveNext();

        public override bool IsColumnActive(DataViewSchema.Column column) => input.IsColumnActive(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => input.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            Disposals++;
            input.Dispose();
            base.Dispose(disposing);
        }
    }
}
