using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring;

[NonParallelizable]
public sealed class MlpTransformerSavingTests
{
    private ScoringCase _case = null!;

    [OneTimeSetUp]
    public void Create() => _case = new ScoringCase();

    [OneTimeTearDown]
    public void Dispose() => _case.Dispose();

    [Test]
    public void SaveAndLoad_Transformer_GivesTheSameBits()
    {
        using var loaded = SavedModel.SaveAndLoad(_case.MlContext, _case.Transformer, _case.Data.Schema);

        Assert.That(
            Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(_case.Transformer.Transform(_case.Data))));
    }

    [Test]
    public void SaveAndLoad_Transformer_GivesTheSameSchema()
    {
        using var loaded = SavedModel.SaveAndLoad(_case.MlContext, _case.Transformer, _case.Data.Schema);

        Assert.That(
            SchemaText.Of(loaded.GetOutputSchema(_case.Data.Schema)),
            Is.EqualTo(SchemaText.Of(_case.Transformer.GetOutputSchema(_case.Data.Schema))));
    }

    [Test]
    public void SaveAndLoad_Transformer_HoldsStockPartsOnly()
    {
        using var loaded = SavedModel.SaveAndLoad(_case.MlContext, _case.Transformer, _case.Data.Schema);

        var stages = SavedModel.Stages(loaded).ToList();

        Assert.That(stages.Select(stage => stage.GetType().Name), Is.EqualTo(new[]
        {
            "OnnxTransformer", "MulticlassPredictionTransformer`1", "ColumnSelectingTransformer",
        }));
        Assert.That(stages.Select(stage => stage.GetType().Assembly), Has.None.EqualTo(typeof(MlpTransformer).Assembly));
    }

    [Test]
    public void Save_Transformer_NamesTheLibraryNowhereInTheFile()
    {
        using var stream = new MemoryStream();
        _case.MlContext.Model.Save(_case.Transformer, _case.Data.Schema, stream);

        using var archive = new ZipArchive(stream);
        foreach (var entry in archive.Entries.Where(entry => !entry.FullName.EndsWith("OnnxModel", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(entry.Open());
            Assert.That(reader.ReadToEnd(), Does.Not.Contain(nameof(MnistML)), entry.FullName);
        }
    }

    [Test]
    public void SaveAndLoad_LoadedModelSavedAgain_GivesTheSameBits()
    {
        using var loaded = SavedModel.SaveAndLoad(_case.MlContext, _case.Transformer, _case.Data.Schema);
        using var again = SavedModel.SaveAndLoad(_case.MlContext, loaded, _case.Data.Schema);

        Assert.That(
            Predictions.Bits(again.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(_case.Transformer.Transform(_case.Data))));
    }

    [Test]
    public void Save_Transformer_LeavesNoFileBehind()
    {
        using var contexts = new TemporaryFolder();
        using var temporary = new PrivateTemporaryPath();
        var mlContext = new MLContext(seed: 1) { TempFilePath = contexts.Path };
        using var transformer = ScoringCase.CreateTransformer(mlContext, _case.Model, _case.Data.Schema);
        using var stream = new MemoryStream();

        mlContext.Model.Save(transformer, _case.Data.Schema, stream);

        Assert.That(stream.Length, Is.GreaterThan(0));
        Assert.That(temporary.Names, Is.Empty);
        Assert.That(contexts.Names, Is.Empty);
    }

    [Test]
    public void Save_Twice_IsPossible()
    {
        using var first = SavedModel.SaveAndLoad(_case.MlContext, _case.Transformer, _case.Data.Schema);
        using var second = SavedModel.SaveAndLoad(_case.MlContext, _case.Transformer, _case.Data.Schema);

        Assert.That(Predictions.Bits(second.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(first.Transform(_case.Data))));
    }

    [Test]
    public void Save_WithoutInputSchema_IsPossible()
    {
        using var stream = new MemoryStream();
        _case.MlContext.Model.Save(_case.Transformer, null, stream);
        stream.Position = 0;

        using var loaded = (TransformerChain<ITransformer>)new MLContext().Model.Load(stream, out var schema);

        Assert.That(schema, Is.Null);
        Assert.That(
            Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(Predictions.Bits(_case.Transformer.Transform(_case.Data))));
    }
}
