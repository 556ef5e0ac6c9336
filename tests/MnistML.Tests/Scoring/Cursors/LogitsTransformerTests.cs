using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MnistML.Onnx;
using MnistML.Scoring;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

public sealed class LogitsTransformerTests
{
    private ScoringCase _case = null!;
    private byte[] _onnx = [];
    private LogitsTransformer _logits = null!;
    private IDataView _view = null!;

    [OneTimeSetUp]
    public void Create()
    {
        _case = new ScoringCase();
        var mlp = new OnnxMlp(_case.Model, "Features", new OnnxOutput("Logits", [0, 0, 0, 0], 1), new Dictionary<string, string>());
        _onnx = OnnxMlpWriter.WriteForRow(mlp);
        _logits = new LogitsTransformer((IHostEnvironment)_case.MlContext, mlp);
        _view = _logits.Transform(_case.Data);
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        _logits.Dispose();
        _case.Dispose();
    }

    [Test]
    public void Transform_Rows_GivesTheBitsOfABareSession() => Assert.That(
        _view.GetColumn<float[]>("Logits"), Is.EqualTo(_case.Rows.Select(row => BareOnnx.Run(_onnx, "Features", row.Features))));

    /// <summary>The graph of a model of sparse features begins after the first layer.</summary>
    [Test]
    public void InputCount_OfSparseFeatures_IsThatOfTheFirstLayersUnits()
    {
        var mlp = new OnnxMlp(_case.Model, "Features", new OnnxOutput("Logits", [0, 0, 0, 0], 1), new Dictionary<string, string>());
        using var sparse = new LogitsTransformer((IHostEnvironment)_case.MlContext, mlp with { HasSparseFeatures = true });

        Assert.That(sparse.InputCount, Is.EqualTo(_case.Model.Layers[0].Shape.OutputSize));
        Assert.That(_logits.InputCount, Is.EqualTo(_logits.FeatureCount));
        Assert.That(
            sparse.Transform(_case.Data).GetColumn<float[]>("Logits"), Is.EqualTo(_view.GetColumn<float[]>("Logits")).Within(1e-5));
    }

    [Test]
    public void Properties_Model_AreReadFromIt()
    {
        Assert.That(_logits.FeatureCount, Is.EqualTo(3));
        Assert.That(_logits.LogitsColumnType.ToString(), Is.EqualTo("Vector<Single, 4>"));
        Assert.That(_logits.IsRowToRowMapper, Is.True);
        Assert.That(
            SchemaText.Of(_logits.GetOutputSchema(_case.Data.Schema)),
            Is.EqualTo((string[])[.. SchemaText.Of(_case.Data.Schema), "Logits: Vector<Single, 4>"]));
    }

    [Test]
    public void GetGetter_InactiveColumn_Throws()
    {
        using var cursor = _view.GetRowCursor([_view.Schema["Id"]]);

        AssertNotActive("Logits");
        AssertNotActive("Features");

        void AssertNotActive(string name) => Assert.That(
            () => cursor.GetGetter<VBuffer<float>>(_view.Schema[name]),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.EqualTo(
                $"The column '{name}' is not active in this cursor. Name it among the columns that GetRowCursor is asked for. "
                + "(Parameter 'column')"));
    }

    [Test]
    public void GetGetter_WrongType_Throws()
    {
        using var cursor = _view.GetRowCursor(_view.Schema);

        Assert.That(
            () => cursor.GetGetter<float>(_view.Schema["Logits"]),
            Throws.InvalidOperationException.With.Message.EqualTo(
                $"The column 'Logits' is read as System.Single, but it holds {typeof(VBuffer<float>)}."));
    }

    [Test]
    public void GetGetter_TwiceForOneRow_GivesTheSame()
    {
        var column = _view.Schema["Logits"];
        using var cursor = _view.GetRowCursor([column]);
        var (getFirst, getSecond) = (cursor.GetGetter<VBuffer<float>>(column), cursor.GetGetter<VBuffer<float>>(column));
        VBuffer<float> first = default, second = default;
        cursor.MoveNext();

        getFirst(ref first);
        getSecond(ref second);

        Assert.That(second.DenseValues(), Is.EqualTo(first.DenseValues()));
        Assert.That(first.DenseValues(), Is.EqualTo(BareOnnx.Run(_onnx, "Features", _case.Rows[0].Features)));
    }

    [Test]
    public void GetRowToRowMapper_Dependencies_AreTheFeaturesAndWhatPassesThrough()
    {
        var mapper = _logits.GetRowToRowMapper(_case.Data.Schema);

        Assert.That(mapper.GetDependencies([mapper.OutputSchema["Logits"]]), Is.EqualTo(new[] { _case.Data.Schema["Features"] }));
        Assert.That(
            mapper.GetDependencies([mapper.OutputSchema["Logits"], mapper.OutputSchema["Id"], mapper.OutputSchema["Features"]]),
            Is.EqualTo(new[] { _case.Data.Schema["Id"], _case.Data.Schema["Features"] }));
    }

    [Test]
    public void Save_StockTransformerFails_LeavesNoFileBehind()
    {
        using var temporary = new PrivateTemporaryPath();

        Assert.That(() => ((ICanSaveModel)_logits).Save(null!), Throws.Exception);
        Assert.That(temporary.Names, Is.Empty);
    }
}
