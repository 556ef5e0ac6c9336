using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

public sealed class MlpTransformerCursorTests
{
    private ScoringCase _case = null!;
    private IDataView _view = null!;

    [OneTimeSetUp]
    public void Create()
    {
        _case = new ScoringCase();
        _view = _case.Transformer.Transform(_case.Data);
    }

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [Test]
    public void GetRowCount_Rows_IsThatOfTheInput()
    {
        Assert.That(_view.GetRowCount(), Is.EqualTo(7));
        Assert.That(_view.CanShuffle, Is.False);
        Assert.That(_case.Transformer.Transform(_case.MlContext.Data.Cache(_case.Data)).CanShuffle, Is.True);
    }

    [Test]
    public void Transform_EmptyView_GivesAnEmptyView()
    {
        var view = _case.Transformer.Transform(_case.MlContext.Data.LoadFromEnumerable<Example>([]));

        Assert.That(Predictions.Bits(view), Is.Empty);
    }

    [Test]
    public void GetRowCursor_Shuffled_ScoresBelongToTheirRows()
    {
        var view = _case.Transformer.Transform(_case.MlContext.Data.Cache(_case.Data));
        var columns = new[] { view.Schema["Id"], view.Schema["Score"] };
        using var cursor = view.GetRowCursor(columns, new Random(5));
        var (getId, getScore) = (cursor.GetGetter<int>(columns[0]), cursor.GetGetter<VBuffer<float>>(columns[1]));
        var ids = new List<int>();
        var id = 0;
        VBuffer<float> scores = default;
        while (cursor.MoveNext())
        {
            getId(ref id);
            getScore(ref scores);
            ids.Add(id);
            Assert.That(scores.DenseValues(), Is.EqualTo(PlainNetwork.Probabilities(_case.Model, _case.Rows[id].Features)).Within(1e-6));
        }

        Assert.That(ids, Is.EquivalentTo(Enumerable.Range(0, 7)).And.Not.Ordered);
    }

    [Test]
    public void GetRowCursor_RowIdsAndPositions_AreThoseOfTheInput() => Assert.That(Ids(_view), Is.EqualTo(Ids(_case.Data)));

    [TestCase(1)]
    [TestCase(3)]
    public void GetRowCursorSet_SeveralAskedFor_HoldEachRowOnce(int count)
    {
        var columns = new[] { _view.Schema["PredictedLabel"], _view.Schema["Score"] };
        var rows = new List<string>();
        foreach (var cursor in _view.GetRowCursorSet(columns, count))
        {
            using (cursor)
            {
                var (getKey, getScore) = (cursor.GetGetter<uint>(columns[0]), cursor.GetGetter<VBuffer<float>>(columns[1]));
                uint key = 0;
                VBuffer<float> scores = default;
                while (cursor.MoveNext())
                {
                    getKey(ref key);
                    getScore(ref scores);
                    rows.Add(Predictions.Bits(key, [.. scores.DenseValues()]));
                }
            }
        }

        Assert.That(rows, Is.EquivalentTo(Predictions.Bits(_view)));
    }

    [Test]
    public void GetGetter_InactiveColumns_Throw()
    {
        using var cursor = _view.GetRowCursor([_view.Schema["Id"]]);

        Assert.That(cursor.IsColumnActive(_view.Schema["Id"]), Is.True);
        Assert.That(cursor.IsColumnActive(_view.Schema["Score"]), Is.False);
        Assert.That(() => cursor.GetGetter<VBuffer<float>>(_view.Schema["Score"]), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => cursor.GetGetter<uint>(_view.Schema["PredictedLabel"]), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void GetGetter_WrongType_Throws()
    {
        using var cursor = _view.GetRowCursor(_view.Schema);

        Assert.That(() => cursor.GetGetter<float>(_view.Schema["Score"]), Throws.InvalidOperationException);
        Assert.That(() => cursor.GetGetter<int>(_view.Schema["PredictedLabel"]), Throws.InvalidOperationException);
    }

    [Test]
    public void Transform_OnEightThreads_GivesTheSameBits()
    {
        var expected = Predictions.Bits(_view);
        var found = new List<IReadOnlyList<string>>[8];
        var threads = Enumerable.Range(0, 8).Select(index => new Thread(() =>
            found[index] = [.. Enumerable.Range(0, 50).Select(_ => Predictions.Bits(_case.Transformer.Transform(_case.Data)))])).ToList();

        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.That(found.SelectMany(passes => passes), Has.Exactly(400).EqualTo(expected));
    }

    private static List<(long Position, DataViewRowId Id)> Ids(IDataView view)
    {
        using var cursor = view.GetRowCursor([]);
        var getId = cursor.GetIdGetter();
        DataViewRowId id = default;
        var ids = new List<(long Position, DataViewRowId Id)>();
        while (cursor.MoveNext())
        {
            getId(ref id);
            ids.Add((cursor.Position, id));
        }

        return ids;
    }
}
