using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Onnx;
using MnistML.Scoring;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

internal sealed class OnnxSessionTests
{
    private static readonly MlpModelParameters Model = Networks.Random(new MlpArchitecture(3, [5], 4), seed: 1);

    [Test]
    public void Dispose_WithoutRentals_FreesTheSession()
    {
        using var session = Create();
        session.Rent();
        session.Return();

        Assert.That(session.IsOpen, Is.True, "the next use needs it");
        session.Dispose();
        Assert.That(session.IsOpen, Is.False);
    }

    [Test]
    public void Dispose_WhileRented_FreesTheSessionWithTheLastReturn()
    {
        using var session = Create();
        var first = session.Rent();
        var second = session.Rent();

        session.Dispose();
        session.Return();

        Assert.That(second, Is.SameAs(first));
        Assert.That(session.IsOpen, Is.True);
        session.Return();
        Assert.That(session.IsOpen, Is.False);
    }

    [Test]
    public void Rent_AfterDispose_OpensTheSessionUntilItIsReturned()
    {
        using var session = Create();
        session.Dispose();

        session.Rent();

        Assert.That(session.IsOpen, Is.True);
        session.Return();
        Assert.That(session.IsOpen, Is.False);
    }

    [Test]
    public void Run_DisposedScorer_SaysSo()
    {
        using var session = Create();
        var scorer = new OnnxScorer(session, inputCount: 3, outputCount: 4, capacity: 1);
        scorer.Dispose();

        Assert.That(
            () => scorer.Run(rowCount: 1),
            Throws.TypeOf<ObjectDisposedException>().With.Message.StartsWith("The cursor or prediction engine was disposed."));
    }

    /// <summary>The error of a view's own code reaches the caller as it is, and nothing stays open or rented.</summary>
    [Test]
    public void GetRowCursor_GetterOfTheInputFails_ThrowsItsErrorAndReleasesEverything()
    {
        var mlContext = new MLContext(seed: 1);
        var mlp = new OnnxMlp(Model, "Features", new OnnxOutput("Logits", [0, 0, 0, 0], 1), new Dictionary<string, string>());
        using var logits = new LogitsTransformer((Microsoft.ML.Runtime.IHostEnvironment)mlContext, mlp);
        var input = new BrokenView(mlContext.Data.LoadFromEnumerable(Example.Seven()));
        var view = logits.Transform(input);

        Assert.That(
            () => view.GetRowCursor(view.Schema.Where(column => column.Name is "Id" or "Logits")),
            Throws.TypeOf<FormatException>().With.Message.EqualTo("The column 'Id' is broken."));
        Assert.That(input.OpenCursors, Is.Zero);
        logits.Dispose();
        Assert.That(logits.IsSessionOpen, Is.False);
    }

    private static OnnxSession Create() => new(OnnxMlpWriter.WriteForBatches(
        new OnnxMlp(Model, "Features", new OnnxOutput("Logits", [0, 0, 0, 0], 1), new Dictionary<string, string>())));

    /// <summary>A view whose cursors cannot give a getter.</summary>
    private sealed class BrokenView(IDataView source) : IDataView
    {
        public int OpenCursors { get; private set; }

        public DataViewSchema Schema => source.Schema;

        public bool CanShuffle => false;

        public long? GetRowCount() => source.GetRowCount();

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
        {
            OpenCursors++;
            return new Cursor(this, source.GetRowCursor(columnsNeeded, rand));
        }

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded, rand)];

        private sealed class Cursor(BrokenView view, DataViewRowCursor input) : DataViewRowCursor
        {
            public override DataViewSchema Schema => input.Schema;

            public override long Position => input.Position;

            public override long Batch => input.Batch;

            public override bool MoveNext() => input.MoveNext();

            public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

            public override bool IsColumnActive(DataViewSchema.Column column) => input.IsColumnActive(column);

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) =>
                throw new FormatException($"The column '{column.Name}' is broken.");

            protected override void Dispose(bool disposing)
            {
                if (disposing)
                {
                    view.OpenCursors--;
                    input.Dispose();
                }

                base.Dispose(disposing);
            }
        }
    }
}
