using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Text;
using MnistML.Tests.Support;

namespace MnistML.Tests.OnnxExport;

/// <summary>What can't be exported is said, and nothing is written.</summary>
internal sealed class RefusedPipelineTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private TemporaryFolder _folder = null!;

    private IDataView Train => _mlContext.Data.LoadFromEnumerable(Passenger.Train(200));

    private IDataView Test => _mlContext.Data.LoadFromEnumerable(Passenger.Test(200));

    private string Path => _folder.PathOf("pipeline.onnx");

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void NothingIsWritten()
    {
        var names = _folder.Names;
        _folder.Dispose();
        Assert.That(names, Is.Empty);
    }

    [Test]
    public void SaveAsOnnx_OfStagesThatCannotBeConverted_NamesEach()
    {
        var transforms = _mlContext.Transforms;
        var model = Fit(
            transforms.Text.FeaturizeText("Words", "Note")
                .Append(transforms.NormalizeBinning("Sizes"))
                .Append(transforms.NormalizeLogMeanVariance("Rich", "Income"))
                .Append(transforms.Text.ProduceHashedWordBags("Hashes", "Note", numberOfBits: 5))
                .Append(transforms.Expression("Twice", "x => x * 2", "Income")),
            "Words",
            "Sizes",
            "Rich",
            "Hashes",
            "Twice");

        var error = Assert.Throws<NotSupportedException>(() => _mlContext.Model.SaveAsOnnx(model, Test, Path))!;

        var lines = error.Message.Split(Environment.NewLine);
        Assert.That(
            lines[0],
            Is.EqualTo("The pipeline can't be exported to ONNX, and nothing was written. Microsoft.ML.OnnxConverter can't convert:"));
        Assert.That(lines[1..^1].Select(line => line.Split(':')[0]), Is.EqualTo(
            [
                "- stage 1, TextFeaturizingEstimator.Transformer, which makes 'Words'",
                "- stage 2, NormalizingTransformer, which makes 'Sizes'",
                "- stage 3, NormalizingTransformer, which makes 'Rich'",
                "- stage 6, NgramHashingTransformer, which makes 'Hashes'",
                "- stage 9, ExpressionTransformer, which makes 'Twice'",
            ]));
    }

    /// <summary>A stage that no output depends on does not matter.</summary>
    [Test]
    public void SaveAsOnnx_OfAnUnusedStage_LeavesItOut()
    {
        var model = Fit(_mlContext.Transforms.NormalizeBinning("Sizes"), "Income");
        using var stream = new MemoryStream();

        Assert.That(_mlContext.Model.SaveAsOnnx(model, Test, stream).Inputs, Is.EqualTo(["Income"]));
    }

    /// <summary>The converter's weights of terms in a text are not ML.NET's.</summary>
    [Test]
    public void SaveAsOnnx_OfAStageThatGivesOtherNumbers_SaysWhereAndByHowMuch()
    {
        var text = _mlContext.Transforms.Text;
        var model = Fit(
            text.TokenizeIntoWords("Tokens", "Note")
                .Append(_mlContext.Transforms.Conversion.MapValueToKey("Tokens"))
                .Append(text.ProduceNgrams("Words", "Tokens", weighting: NgramExtractingEstimator.WeightingCriteria.TfIdf)),
            "Words");

        var error = Assert.Throws<InvalidOperationException>(() => _mlContext.Model.SaveAsOnnx(model, Test, Path))!;

        Assert.That(error.Message, Does.StartWith(
            "The pipeline as ONNX does not give ML.NET's results on the sample data, so nothing was written. "
            + "All 200 rows in one batch: '"));
        Assert.That(error.Message, Does.Match(
            @"It begins in stage 3, NgramExtractingTransformer, which makes 'Words': 'Words' is [\d.]+ in row \d+, item \d+, and "
            + @"[\d.]+ in ML.NET, a deviation of \d\.\de[+-]\d+\.$"));
    }

    [Test]
    public void SaveAsOnnx_WithABoundBelowFloatArithmetic_IsRefused()
    {
        var model = PassengerPipeline.Fit(_mlContext, PassengerPipeline.Plans, rows: 200);

        var error = Assert.Throws<InvalidOperationException>(
            () => _mlContext.Model.SaveAsOnnx(model, Test, Path, new MlpOnnxExportOptions { MaxDeviation = 0 }))!;

        Assert.That(error.Message, Does.Contain("'Score' is ").And.Contain("above the bound of 0.0e+0."));
    }

    [Test]
    public void SaveAsOnnx_OfHashesBeyondAscii_WarnsOfTheDifference()
    {
        var model = PassengerPipeline.Fit(_mlContext, PassengerPipeline.HashedCities, rows: 200);
        using var stream = new MemoryStream();

        var report = _mlContext.Model.SaveAsOnnx(model, Test, stream);

        Assert.That(report.Warnings, Has.Count.EqualTo(1));
        Assert.That(report.Warnings[0], Does.StartWith("With a text beyond ASCII in 'City', 'Score' is "));
        Assert.That(report.ToString(), Does.StartWith(
            "Income, City -> PredictedLabel, Score; 200 rows compared, in one batch and singly\n"
            + "PredictedLabel: largest deviation 0.0e+0\n"));
    }

    [Test]
    public void SaveAsOnnx_WithoutANetwork_SaysWhatToCall()
    {
        var model = _mlContext.Transforms.NormalizeMinMax("Sizes").Fit(Train);

        var error = Assert.Throws<ArgumentException>(() => _mlContext.Model.SaveAsOnnx(model, Test, Path))!;

        Assert.That(error.Message, Does.StartWith("The model holds no network of MnistML. mlContext.Model.ConvertToOnnx"));
    }

    [Test]
    public void SaveAsOnnx_WithoutRows_IsRefused()
    {
        var model = Fit(_mlContext.Transforms.CopyColumns("Other", "Income"), "Income");

        var error = Assert.Throws<ArgumentException>(
            () => _mlContext.Model.SaveAsOnnx(model, _mlContext.Data.LoadFromEnumerable<Passenger>([]), Path))!;

        Assert.That(error.Message, Does.StartWith("The sample data has no rows"));
    }

    [Test]
    public void SaveAsOnnx_WithAnOutputThatIsNotThere_NamesThoseThatAre()
    {
        var model = Fit(_mlContext.Transforms.CopyColumns("Other", "Income"), "Income");
        var options = new MlpOnnxExportOptions { OutputColumns = ["Scores"] };

        var error = Assert.Throws<ArgumentException>(() => _mlContext.Model.SaveAsOnnx(model, Test, Path, options))!;

        Assert.That(error.Message, Does.StartWith("The pipeline has no output column 'Scores', which OutputColumns names; it has 'Age', "));
        Assert.That(error.Message, Does.Contain("'Score'"));
    }

    [Test]
    public void SaveAsOnnx_WithOptionsThatCannotBeUsed_NamesEach()
    {
        var options = new MlpOnnxExportOptions { OutputColumns = ["A", "A"], MaxDeviation = double.NaN, MaxSampleRows = 0 };
        var model = Fit(_mlContext.Transforms.CopyColumns("Other", "Income"), "Income");

        var error = Assert.Throws<ArgumentException>(() => _mlContext.Model.SaveAsOnnx(model, Test, Path, options))!;

        Assert.That(error.Message.Split(Environment.NewLine), Is.EqualTo(
            [
                "These options can't be used:",
                "- OutputColumns names 'A' more than once.",
                "- MaxDeviation is NaN, but must be a finite number of at least 0.",
                "- MaxSampleRows is 0, but must be at least 1. (Parameter 'options')",
            ]));
    }

    [Test]
    public void SaveAsOnnx_IntoAFolderThatIsNotThere_IsRefused() => Assert.That(
        () => _mlContext.Model.SaveAsOnnx(
            Fit(_mlContext.Transforms.CopyColumns("Other", "Income"), "Income"), Test, _folder.PathOf("none/pipeline.onnx")),
        Throws.TypeOf<DirectoryNotFoundException>());

    private TransformerChain<ITransformer> Fit(IEstimator<ITransformer> prefix, params string[] features) => new(
        prefix.Append(_mlContext.Transforms.Concatenate("Features", features))
            .Append(_mlContext.Transforms.Conversion.MapValueToKey("Plan"))
            .Append(_mlContext.MulticlassClassification.Trainers.Mlp(
                _mlContext, PassengerPipeline.Small with { LabelColumnName = "Plan" }))
            .Fit(Train));
}
