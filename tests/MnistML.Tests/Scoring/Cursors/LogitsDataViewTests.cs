using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Scoring.Cursors;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

/// <summary>Which cursors a view with logits gives: batches where all values can be held, the input's rows one by one elsewhere.</summary>
internal sealed class LogitsDataViewTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly RowWithHandle[] _rows =
    [
        .. Example.Seven().Select(row => new RowWithHandle { Features = row.Features, Handle = new Handle(row.Id) }),
    ];
    private readonly MlpModelParameters _model = Networks.Random(new MlpArchitecture(3, [5], 4), seed: 7);
    private LogitsCase _case = null!;
    private LogitsDataView _view = null!;

    [OneTimeSetUp]
    public void Create()
    {
        var input = new SplitView(_mlContext.Data.LoadFromEnumerable(_rows));
        _case = new LogitsCase(_model, input.Schema);
        _view = new LogitsDataView(_case.Mapper, input);
    }

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [TestCase(new[] { "Logits" }, nameof(BatchedLogitsCursor))]
    [TestCase(new[] { "Logits", "Features" }, nameof(BatchedLogitsCursor))]
    [TestCase(new[] { "Logits", "Handle" }, nameof(LogitsCursor))]
    [TestCase(new[] { "Features" }, nameof(LogitsCursor))]
    [TestCase(new string[0], nameof(LogitsCursor))]
    public void GetRowCursor_OfColumns_IsBatchedWhereLogitsAreReadAndAllCanBeHeld(string[] columns, string expected)
    {
        using var cursor = _view.GetRowCursor(columns.Select(name => _view.Schema[name]));

        Assert.That(cursor.GetType().Name, Is.EqualTo(expected));
    }

    [TestCase(new[] { "Logits", "Features" }, new[] { nameof(BatchedLogitsCursor) })]
    [TestCase(new[] { "Logits", "Handle" }, new[] { nameof(LogitsCursor), nameof(LogitsCursor), nameof(LogitsCursor) })]
    [TestCase(new[] { "Features" }, new[] { nameof(LogitsCursor), nameof(LogitsCursor), nameof(LogitsCursor) })]
    public void GetRowCursorSet_OfColumns_IsOneBatchedCursorOrThoseOfTheInput(string[] columns, string[] expected)
    {
        var cursors = _view.GetRowCursorSet(columns.Select(name => _view.Schema[name]), n: 3);

        Array.ForEach(cursors, cursor => cursor.Dispose());
        Assert.That(cursors.Select(cursor => cursor.GetType().Name), Is.EqualTo(expected));
    }

    [Test]
    public void Transform_WithAColumnThatHoldsResources_ScoresRowByRow()
    {
        var source = _mlContext.Data.LoadFromEnumerable(_rows);
        using var scoring = new ScoringCase();
        var view = scoring.Transformer.Transform(source);

        var scored = _mlContext.Data.CreateEnumerable<ScoredHandle>(view, reuseRowObject: false).ToArray();

        Assert.That(scored.Select(row => row.Handle!.Id), Is.EqualTo(Enumerable.Range(0, 7)));
        Assert.That(scored.Select(row => row.Score), Is.EqualTo(Predictions.Scores(view)));
    }

    /// <summary>A view that gives as many cursors as it is asked for, as ML.NET's own do for many rows.</summary>
    private sealed class SplitView(IDataView source) : IDataView
    {
        public DataViewSchema Schema => source.Schema;

        public bool CanShuffle => false;

        public long? GetRowCount() => source.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
            source.GetRowCursor(columnsNeeded, rand);

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [.. Enumerable.Range(0, n).Select(_ => source.GetRowCursor(columnsNeeded, rand))];
    }

    /// <summary>Stands for an image: something that is no plain value.</summary>
    private sealed record Handle(int Id);

    private sealed class HandleType : StructuredDataViewType
    {
        public HandleType()
            : base(typeof(Handle))
        {
        }

        public override bool Equals(DataViewType? other) => other is HandleType;

        public override int GetHashCode() => 0;
    }

    private sealed class HandleTypeAttribute : DataViewTypeAttribute
    {
        public override void Register() => DataViewTypeManager.Register(new HandleType(), typeof(Handle), this);

        public override bool Equals(DataViewTypeAttribute? other) => other is HandleTypeAttribute;

        public override int GetHashCode() => 0;
    }

    private sealed class RowWithHandle
    {
        [VectorType(3)]
        public float[] Features { get; set; } = [];

        [HandleType]
        public Handle? Handle { get; set; }
    }

    private sealed class ScoredHandle
    {
        [HandleType]
        public Handle? Handle { get; set; }

        public float[] Score { get; set; } = [];
    }
}
