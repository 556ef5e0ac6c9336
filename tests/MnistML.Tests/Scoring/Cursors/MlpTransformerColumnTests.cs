using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

public sealed class MlpTransformerColumnTests
{
    private ScoringCase _case = null!;

    [OneTimeSetUp]
    public void Create() => _case = new ScoringCase();

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [Test]
    public void Transform_OtherColumns_PassThrough()
    {
        var view = _case.Transformer.Transform(_case.Data);

        Assert.That(
            view.Schema.Select(column => column.Name), Is.EqualTo(new[] { "Id", "Features", "Class", "Label", "PredictedLabel", "Score" }));
        Assert.That(SchemaText.Of(view.Schema["Label"]), Is.EqualTo(SchemaText.Of(_case.Data.Schema["Label"])));
        Assert.That(view.GetColumn<int>("Id"), Is.EqualTo(_case.Rows.Select(row => row.Id)));
        Assert.That(view.GetColumn<float[]>("Features"), Is.EqualTo(_case.Rows.Select(row => row.Features)));
        Assert.That(view.GetColumn<string>("Class"), Is.EqualTo(_case.Rows.Select(row => row.Class)));
        Assert.That(view.GetColumn<uint>("Label"), Is.EqualTo(_case.Data.GetColumn<uint>("Label")));
    }

    [Test]
    public void Members_OfNull_NameTheArgument()
    {
        Assert.That(() => _case.Transformer.Transform(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("input"));
        Assert.That(
            () => _case.Transformer.GetOutputSchema(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("inputSchema"));
        Assert.That(() => MlpTransformer.Find(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("model"));
    }

    [Test]
    public void Find_OfTheNetworkItself_IsTheNetwork() =>
        Assert.That(MlpTransformer.Find(_case.Transformer), Is.SameAs(_case.Transformer));

    /// <summary>A cursor that scores in batches holds the columns that it was asked for, and no others.</summary>
    [Test]
    public void Cursor_OfTheScore_RefusesColumnsThatItWasNotAskedFor()
    {
        var view = _case.Transformer.Transform(_case.Data);
        using var cursor = view.GetRowCursor([view.Schema["Score"]]);

        Assert.That(
            () => cursor.GetGetter<int>(view.Schema["Id"]),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith("The column 'Id' is not active in this cursor."));
    }

    [Test]
    public void CursorSet_OfTheScore_IsOneCursorThatScoresInBatches()
    {
        var view = _case.Transformer.Transform(_case.Data);
        var cursors = view.GetRowCursorSet([view.Schema["Score"]], n: 4);
        try
        {
            Assert.That(cursors, Has.Length.EqualTo(1));
        }
        finally
        {
            Array.ForEach(cursors, cursor => cursor.Dispose());
        }
    }

    [Test]
    public void Transform_TextLabels_NameTheSlotsOfTheScore()
    {
        var view = _case.Transformer.Transform(_case.Data);

        Assert.That(SchemaText.Of(view.Schema["Score"]), Has.Some.EqualTo("Score.SlotNames: Vector<String, 4> = dog, ant, cat, bee"));
        Assert.That(
            SchemaText.Of(view.Schema["PredictedLabel"]),
            Has.Some.EqualTo("PredictedLabel.KeyValues: Vector<String, 4> = dog, ant, cat, bee"));
    }

    [Test]
    public void Transform_FeaturesHideOthersOfTheirName_ReadsTheVisibleOnes()
    {
        var hiding = _case.MlContext.Transforms.NormalizeMinMax("Features").Fit(_case.Data).Transform(_case.Data);
        using var transformer = ScoringCase.CreateTransformer(_case.MlContext, _case.Model, hiding.Schema);
        float[][] features = [.. hiding.GetColumn<float[]>(hiding.Schema["Features"])];

        var view = transformer.Transform(hiding);

        Assert.That(features, Is.Not.EqualTo(_case.Rows.Select(row => row.Features)));
        Assert.That(view.Schema.Count(column => column.Name == "Features"), Is.EqualTo(2));
        Assert.That(view.GetColumn<float[]>(view.Schema["Features"]), Is.EqualTo(features));
        Assert.That(
            view.GetColumn<float[]>(
                view.Schema.First(column => column.Name == "Features")), Is.EqualTo(_case.Rows.Select(row => row.Features)));
        foreach (var (actual, row) in Predictions.Scores(view).Zip(features))
        {
            Assert.That(actual, Is.EqualTo(PlainNetwork.Probabilities(_case.Model, row)).Within(1e-6));
        }
    }

    [Test]
    public void SaveAndLoad_HiddenColumns_GivesTheSameSchemaAndBits()
    {
        var hiding = _case.MlContext.Transforms.NormalizeMinMax("Features")
            .Append(_case.MlContext.Transforms.CopyColumns("Score", "Id"))
            .Append(_case.MlContext.Transforms.CopyColumns("Id", "Class")).Fit(_case.Data).Transform(_case.Data);
        using var transformer = ScoringCase.CreateTransformer(_case.MlContext, _case.Model, hiding.Schema);
        using var loaded = SavedModel.SaveAndLoad(_case.MlContext, transformer, hiding.Schema);

        var (before, after) = (transformer.Transform(hiding), loaded.Transform(hiding));

        Assert.That(SchemaText.Of(after.Schema), Is.EqualTo(SchemaText.Of(before.Schema)));
        Assert.That(SchemaText.Of(before.Schema), Has.Some.EqualTo("Score: Int32 (hidden)").And.Some.EqualTo("Id: Int32 (hidden)"));
        Assert.That(Predictions.Bits(after), Is.EqualTo(Predictions.Bits(before)));
        Assert.That(before.GetColumn<string>(before.Schema["Id"]), Is.EqualTo(_case.Rows.Select(row => row.Class)));
    }

    [Test]
    public void Transform_ColumnOfTheScorersNames_IsHiddenByThem()
    {
        var data = _case.MlContext.Transforms.CopyColumns("PredictedLabel", "Id").Fit(_case.Data).Transform(_case.Data);

        var view = _case.Transformer.Transform(data);

        Assert.That(view.Schema["PredictedLabel"].Type.ToString(), Is.EqualTo("Key<UInt32, 0-3>"));
        Assert.That(Predictions.Keys(view), Is.EqualTo(Predictions.Keys(_case.Transformer.Transform(_case.Data))));
    }

    [Test]
    public void GetOutputSchema_AnyInput_IsThatOfTransform() => Assert.That(
        SchemaText.Of(_case.Transformer.GetOutputSchema(_case.Data.Schema)),
        Is.EqualTo(SchemaText.Of(_case.Transformer.Transform(_case.Data).Schema)));

    [Test]
    public void Transform_NoLabelColumn_Scores()
    {
        var data = _case.MlContext.Transforms.SelectColumns("Features").Fit(_case.Data).Transform(_case.Data);

        var view = _case.Transformer.Transform(data);

        Assert.That(view.Schema.Select(column => column.Name), Is.EqualTo(new[] { "Features", "PredictedLabel", "Score" }));
        Assert.That(Predictions.Bits(view), Is.EqualTo(Predictions.Bits(_case.Transformer.Transform(_case.Data))));
    }
}
