using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

/// <summary>Rows that are read ahead and scored together, by more batches than are held at once.</summary>
public sealed class BatchedLogitsCursorTests
{
    private const int RowCount = 2_500;

    private readonly MLContext _mlContext = new(seed: 1);
    private readonly MlpModelParameters _model = Networks.Random(new MlpArchitecture(3, [5], 4, MlpActivation.Tanh), seed: 7);
    private ManyColumns[] _rows = [];
    private IDataView _data = null!;
    private MlpTransformer _transformer = null!;

    [OneTimeSetUp]
    public void Create()
    {
        var random = new Random(2);
        _rows = [.. Enumerable.Range(0, RowCount).Select(id => ManyColumns.Draw(id, random))];
        _data = _mlContext.Data.LoadFromEnumerable(_rows);
        _transformer = ScoringCase.CreateTransformer(_mlContext, _model, _data.Schema);
    }

    [OneTimeTearDown]
    public void Dispose() => _transformer.Dispose();

    [Test]
    public void Transform_OfManyRows_GivesTheBitsOfOneRowAtATime()
    {
        using var engine = _mlContext.Model.CreatePredictionEngine<ManyColumns, Prediction>(
            _transformer, new PredictionEngineOptions { OwnsTransformer = false });

        var oneByOne = _rows.Select(row => engine.Predict(row)).Select(
            prediction => Predictions.Bits(prediction.PredictedLabel, prediction.Score));

        Assert.That(Predictions.Bits(_transformer.Transform(_data)), Is.EqualTo(oneByOne));
    }

    [Test]
    public void Transform_OfManyRows_ScoresAreTheSoftmaxOfThePlainNetwork()
    {
        var scores = Predictions.Scores(_transformer.Transform(_data));

        Assert.That(scores, Has.Count.EqualTo(RowCount));
        foreach (var (row, actual) in _rows.Zip(scores))
        {
            Assert.That(actual, Is.EqualTo(PlainNetwork.Probabilities(_model, row.Features)).Within(1e-6), $"row {row.Id}");
        }
    }

    [Test]
    public void Transform_WithEveryColumnActive_KeepsAllInStep()
    {
        var scored = _mlContext.Data.CreateEnumerable<ScoredColumns>(_transformer.Transform(_data), reuseRowObject: false).ToArray();

        Assert.That(scored.Select(row => row.ToText()), Is.EqualTo(_rows.Select(row => row.ToText())));
        Assert.That(scored.Select(row => row.Label), Is.EqualTo(_rows.Select(row => row.Label + 1)), "keys are zero-based going in only");
        Assert.That(scored.Select(row => row.Score), Is.EqualTo(Predictions.Scores(_transformer.Transform(_data))));
    }

    [Test]
    public void Transform_OfAViewThatChangesBetweenPasses_PairsScoresWithTheirRows()
    {
        var changing = _mlContext.Data.LoadFromEnumerable(Reordered());

        for (var pass = 0; pass < 3; pass++)
        {
            foreach (var row in _mlContext.Data.CreateEnumerable<ScoredColumns>(_transformer.Transform(changing), reuseRowObject: true))
            {
                Assert.That(row.Score, Is.EqualTo(PlainNetwork.Probabilities(_model, _rows[row.Id].Features)).Within(1e-6));
            }
        }

        IEnumerable<ManyColumns> Reordered()
        {
            ManyColumns[] order = [.. _rows];
            Random.Shared.Shuffle(order);
            return order.AsEnumerable().Select(row => row);
        }
    }

    [TestCase(1, 1)]
    [TestCase(2, 3)]
    [TestCase(10, 19)]
    [TestCase(100, 199)]
    [TestCase(1_000, 1_999)]
    public void TakeRows_OfPredictions_ReadsLessThanTwiceAsMany(int taken, int mostRead)
    {
        var watched = new WatchedDataView(_data);

        var scores = Predictions.Scores(_mlContext.Data.TakeRows(_transformer.Transform(watched), taken));

        Assert.That(scores, Has.Count.EqualTo(taken));
        Assert.That(watched.RowsRead, Is.InRange(taken, mostRead));
        Assert.That(watched.OpenCursors, Is.Zero);
    }

    [TestCase(0)]
    [TestCase(5)]
    [TestCase(700)]
    public void MoveNext_WhereTheInputFails_GivesTheRowsBeforeItAndThenItsError(int failingRow)
    {
        var view = _transformer.Transform(new WatchedDataView(_data) { FailingRow = failingRow });
        using var cursor = view.GetRowCursor([view.Schema["Score"]]);

        var rows = 0;
        Assert.That(
            () =>
            {
                while (cursor.MoveNext())
                {
                    rows++;
                }
            },
            Throws.TypeOf<FormatException>().With.Message.EqualTo($"Row {failingRow} can't be read."));
        Assert.That(rows, Is.EqualTo(failingRow));
        Assert.That(() => cursor.MoveNext(), Throws.TypeOf<FormatException>(), "it has not become the end of the data");
    }

    [Test]
    public void GetRowCursor_OfOtherColumnsOnly_ReadsNoFeatures()
    {
        var watched = new WatchedDataView(_data);
        var view = _transformer.Transform(watched);
        using var cursor = view.GetRowCursor([view.Schema["Id"]]);
        var getId = cursor.GetGetter<int>(view.Schema["Id"]);
        var (id, sum) = (0, 0);
        while (cursor.MoveNext())
        {
            getId(ref id);
            sum += id;
        }

        Assert.That(sum, Is.EqualTo(_rows.Sum(row => row.Id)));
        Assert.That(watched.ValuesRead, Is.EqualTo(RowCount));
    }

    [Test]
    public void GetRowCursor_OfFeaturesAndScores_ReadsTheFeaturesOnce()
    {
        var watched = new WatchedDataView(_data);
        var view = _transformer.Transform(watched);

        var rows = _mlContext.Data.CreateEnumerable<FeaturesAndScore>(view, reuseRowObject: true).Count();

        Assert.That(rows, Is.EqualTo(RowCount));
        Assert.That(watched.ValuesRead, Is.EqualTo(RowCount));
    }

    [Test]
    public void Cursor_AtEachRow_HasTheInputsIdAndBatchAndItsOwnPosition()
    {
        var watched = new WatchedDataView(_data);
        var view = _transformer.Transform(watched);
        using var cursor = view.GetRowCursor([view.Schema["Score"]]);
        using var input = watched.GetRowCursor([]);
        var (getId, getInputId) = (cursor.GetIdGetter(), input.GetIdGetter());
        DataViewRowId id = default, inputId = default;

        Assert.That(cursor.Position, Is.EqualTo(-1));
        for (var row = 0; row < RowCount; row++)
        {
            Assert.That(cursor.MoveNext() && input.MoveNext(), Is.True);
            getId(ref id);
            getInputId(ref inputId);
            Assert.That((cursor.Position, cursor.Batch, id), Is.EqualTo(((long)row, input.Batch, inputId)));
        }

        Assert.That(cursor.MoveNext(), Is.False);
        Assert.That(cursor.MoveNext(), Is.False);
        Assert.That(cursor.Position, Is.EqualTo(-1));
    }

    [Test]
    public void GetRowCursorSet_OfManyRows_HoldsEachOnce()
    {
        var view = _transformer.Transform(_mlContext.Data.Cache(_data));
        var ids = new List<int>();
        foreach (var cursor in view.GetRowCursorSet([view.Schema["Id"], view.Schema["Score"]], n: 4))
        {
            using (cursor)
            {
                var (getId, getScore) = (cursor.GetGetter<int>(view.Schema["Id"]), cursor.GetGetter<VBuffer<float>>(view.Schema["Score"]));
                var id = 0;
                VBuffer<float> score = default;
                while (cursor.MoveNext())
                {
                    getId(ref id);
                    getScore(ref score);
                    ids.Add(id);
                    Assert.That(score.DenseValues(), Is.EqualTo(PlainNetwork.Probabilities(_model, _rows[id].Features)).Within(1e-6));
                }
            }
        }

        Assert.That(ids.Order(), Is.EqualTo(Enumerable.Range(0, RowCount)));
    }

    [Test]
    public void Getter_WithoutARow_SaysSo()
    {
        using var cursor = Logits().GetRowCursor(Logits().Schema);
        var getLogits = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Logits"]);
        var getName = cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["Text"]);
        VBuffer<float> logits = default;
        ReadOnlyMemory<char> name = default;

        AssertNoRow();
        while (cursor.MoveNext())
        {
            getLogits(ref logits);
        }

        AssertNoRow();

        void AssertNoRow()
        {
            const string Message = "The cursor has no current row: call MoveNext first, and read only while it returns true.";
            Assert.That(() => getLogits(ref logits), Throws.InvalidOperationException.With.Message.EqualTo(Message));
            Assert.That(() => getName(ref name), Throws.InvalidOperationException.With.Message.EqualTo(Message));
        }
    }

    [Test]
    public void Position_BeforeTheFirstAndAfterTheLastRow_IsMinusOne()
    {
        using var cursor = Logits().GetRowCursor([Logits().Schema["Logits"]]);
        Assert.That((cursor.Position, cursor.Batch), Is.EqualTo((-1, 0)));

        var last = -1L;
        while (cursor.MoveNext())
        {
            last = cursor.Position;
        }

        Assert.That((last, cursor.Position, cursor.MoveNext()), Is.EqualTo((RowCount - 1, -1, false)));
    }

    [Test]
    public void GetGetter_OfOtherColumns_SaysThatTheyAreNotActive()
    {
        using var batched = Logits().GetRowCursor([Logits().Schema["Logits"], Logits().Schema["Id"]]);
        using var byRow = Logits().GetRowCursor([Logits().Schema["Id"]]);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(Logits().Schema);
        builder.AddColumn("Further", NumberDataViewType.Int32);
        var further = builder.ToSchema()["Further"];

        foreach (var (cursor, column) in new[]
        {
            (batched, Logits().Schema["Text"]), (batched, further), (byRow, Logits().Schema["Text"]), (byRow, further),
        })
        {
            Assert.That(
                () => cursor.GetGetter<int>(column),
                Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith($"The column '{column.Name}' is not active"));
        }

        Assert.That(batched.IsColumnActive(Logits().Schema["Text"]), Is.False);
        Assert.That(batched.IsColumnActive(Logits().Schema["Id"]) && batched.IsColumnActive(Logits().Schema["Logits"]), Is.True);
    }

    [Test]
    public void Getter_OfVectors_GivesCopies()
    {
        using var cursor = Logits().GetRowCursor(Logits().Schema);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(cursor.Schema["Features"]);
        VBuffer<float> first = default, second = default;
        cursor.MoveNext();
        getFeatures(ref first);
        VBufferEditor.CreateFromBuffer(ref first).Values.Clear();

        getFeatures(ref second);

        Assert.That(second.DenseValues(), Is.EqualTo(_rows[0].Features));
    }

    private IDataView Logits() => new MnistML.Scoring.LogitsTransformer(
        (Microsoft.ML.Runtime.IHostEnvironment)_mlContext,
        new MnistML.Onnx.OnnxMlp(
            _model, "Features", new MnistML.Onnx.OnnxOutput("Logits", [0, 0, 0, 0], 1), new Dictionary<string, string>())).Transform(_data);

    private class ManyColumns
    {
        public int Id { get; set; }

        [VectorType(3)]
        public float[] Features { get; set; } = [];

        [KeyType(4)]
        public uint Label { get; set; }

        public string Text { get; set; } = "";

        public bool Flag { get; set; }

        public DateTime Time { get; set; }

        public TimeSpan Span { get; set; }

        public double Number { get; set; }

        [VectorType]
        public string[] Words { get; set; } = [];

        [VectorType(2, 2)]
        public byte[] Pixels { get; set; } = [];

        public static ManyColumns Draw(int id, Random random) => new()
        {
            Id = id,
            Features = [random.NextSingle(), random.Next(2) * random.NextSingle(), -random.NextSingle()],
            Label = (uint)random.Next(4),
            Text = $"row {id}",
            Flag = random.Next(2) == 0,
            Time = DateTime.UnixEpoch.AddHours(random.Next(100_000)),
            Span = TimeSpan.FromSeconds(random.Next(1000)),
            Number = random.NextDouble(),
            Words = [.. Enumerable.Range(0, random.Next(4)).Select(word => $"{id}.{word}")],
            Pixels = [(byte)id, 1, (byte)random.Next(256), 3],
        };

        public string ToText() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Id} [{string.Join(' ', Features)}] {Text} {Flag} {Time:O} {Span} {Number:R} [{string.Join(' ', Words)}] "
            + $"[{string.Join(' ', Pixels)}]");
    }

    private sealed class ScoredColumns : ManyColumns
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class FeaturesAndScore
    {
        public float[] Features { get; set; } = [];

        public float[] Score { get; set; } = [];
    }

    private sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
