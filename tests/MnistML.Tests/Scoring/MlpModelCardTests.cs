using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring;

/// <summary>What a model's card says, fitted, saved and loaded, as text, as a document and in ONNX.</summary>
internal sealed partial class MlpModelCardTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [Test]
    public void Describe_OfAMulticlassModel_SaysWhatItIsAndWhereItComesFrom()
    {
        var examples = _mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 4).SelectMany(seed => Example.Seven(seed)).ToArray());
        var data = _mlContext.Transforms.Conversion.MapValueToKey("Label", "Class").Fit(examples).Transform(examples);
        var options = new MlpTrainer.Options { HiddenLayers = [5], Members = 1, MaxEpochs = 2, Seed = 7, ValidationFraction = 0.25 };
        using var model = new MlpTrainer(_mlContext, options).Fit(data);

        var card = model.Describe();

        var lines = card.Text.Split('\n');
        Assert.That(lines[..15], Is.EqualTo(
            [
                "Model card: 3-5-4 for multiclass classification",
                "",
                "Model",
                "  Task             multiclass classification",
                "  Architecture     3-5-4, 44 parameters",
                "  Activation       Relu",
                "  Classes          4: dog, ant, cat, bee",
                "  Features         3",
                "  Seed             7",
                $"  Training rows    {28 - ValidationRowsOf(lines)}",
                $"  Validation rows  {ValidationRowsOf(lines)}",
                "",
                "Columns",
                "  direction  name            type",
                "  in         Features        Vector<Single, 3>",
            ]));
        Assert.That(lines, Has.Member("  out        PredictedLabel  Key<UInt32, 0-3>"));
        Assert.That(lines, Has.Member("  out        Score           Vector<Single, 4>"));
        Assert.That(lines, Has.Some.Match("^  MaxEpochs +2$").And.Some.Match("^  Microsoft.ML +5\\.0\\.1$"));
        Assert.That(lines, Has.Some.Match("^  TorchSharp +0\\.107\\.0$"));
        Assert.That(card.Summary, Is.EqualTo(lines[3..11]));
        Assert.That(ValidationRowsOf(lines), Is.InRange(5, 9));

        // Each epoch has a row, with the figures of the history.
        var epoch = model.History[1];
        var row = card.Markdown.Split('\n').Single(line => line.StartsWith("| 2 |", StringComparison.Ordinal));
        Assert.That(row.Split('|', StringSplitOptions.TrimEntries)[2..7], Is.EqualTo(
            new[] { epoch.TrainLoss, epoch.TrainAccuracy, epoch.ValidationLoss, epoch.ValidationAccuracy, epoch.LearningRate }
                .Select(figure => FormattableString.Invariant($"{figure:G4}"))));
    }

    [Test]
    public void Describe_OfEachTask_IsTheSameBeforeSavingAndAfterLoading([Values] MlpTask task, [Values] bool isEnsemble)
    {
        var taskCase = new TaskCase(task, isEnsemble);
        using var folder = new TemporaryFolder();
        var data = TaskCase.Data(_mlContext, rows: 60);
        using var model = TaskCase.Trainer(_mlContext, taskCase.Small).Fit(data);
        _mlContext.Model.Save(model, data.Schema, folder.PathOf("model.zip"));
        using var loaded = (MlpTransformer)_mlContext.Model.LoadMlp(folder.PathOf("model.zip"), out _);

        var text = model.Describe().Text;

        Assert.That(loaded.Describe().Text, Is.EqualTo(text));
        Assert.That(text, Does.Contain("  Training rows  60\n"));
        foreach (var column in taskCase.OutputColumns)
        {
            Assert.That(text, Does.Match($"  out +{column} "));
        }

        Assert.That(text.Contains("Members", StringComparison.Ordinal) && text.Contains("  Members        3\n", StringComparison.Ordinal),
            Is.EqualTo(isEnsemble));
        Assert.That(text.Contains("  Threshold      0\n", StringComparison.Ordinal), Is.EqualTo(task == MlpTask.Binary));
        Assert.That(text.Contains("train RMSE", StringComparison.Ordinal), Is.EqualTo(task == MlpTask.Regression));
    }

    [Test]
    public void SaveAsOnnx_OfAModel_HasItsCardWithoutTimes()
    {
        using var model = TaskCase.Trainer(_mlContext, new TaskCase(MlpTask.Binary).Small).Fit(TaskCase.Data(_mlContext, rows: 40));
        using var stream = new MemoryStream();
        model.SaveAsOnnx(stream);

        using var session = new InferenceSession(stream.ToArray());

        var card = session.ModelMetadata.CustomMetadataMap["mnistml.card"];
        Assert.That(card, Is.EqualTo(model.Describe().Markdown));
        Assert.That(
            card,
            Does.StartWith(
                "# Model card: 4-8-5-1 for binary classification\n\n## Model\n\n|  |  |\n| --- | --- |\n"
                + "| Task | binary classification |\n"));
        Assert.That(card, Does.Not.Contain("econd"));
    }

    /// <summary>Names may hold what separates the cells of a table.</summary>
    [Test]
    public void Markdown_OfNamesWithBars_KeepsTheTableWhole()
    {
        TextPoint[] points =
        [
            new() { Features = [0, 1], Label = "a|b" },
            new() { Features = [1, 0], Label = "c\nd" },
        ];
        var view = _mlContext.Data.LoadFromEnumerable(points);
        var data = _mlContext.Transforms.Conversion.MapValueToKey("Label").Fit(view).Transform(view);
        using var model = ScoringCase.CreateTransformer(
            _mlContext, Networks.Random(new MlpArchitecture(2, [], 2), seed: 1), data.Schema);

        Assert.That(model.Describe().Markdown, Does.Contain("\n| Classes | 2: a\\|b, c d |\n"));
        Assert.That(model.Describe().Text, Does.Not.Contain("Recipe").And.Not.Contain("Metrics"));
    }

    private static int ValidationRowsOf(string[] lines) => int.Parse(
        ValidationRows().Match(string.Join('\n', lines)).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Validation rows  (\d+)")]
    private static partial Regex ValidationRows();
}
