using System.Net;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Datasets;
using MnistML.Images;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples.Web;

/// <summary>The service by its API: what it answers.</summary>
[NeedsAspNetCore]
internal sealed class WebServiceTests : WebServiceFixture
{
    [Test]
    public async Task Predict_OfAPicture_IsWhatTheLibraryReadsAndTheModelScores()
    {
        var picture = Drawn.Text("4");

        var answer = await Service.PostAsync("api/predict", picture);

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK), answer.Text);
        var digit = answer.Json.GetProperty("digits").EnumerateArray().Single();
        using var stream = new MemoryStream(picture);
        var expected = new DigitReader().Read(stream).Digits.Single();
        Assert.That(digit.GetProperty("pixels").GetBytesFromBase64(), Is.EqualTo(expected.Pixels.ToArray()));
        Assert.That(
            digit.GetProperty("probabilities").EnumerateArray().Select(value => value.GetSingle()),
            Is.EqualTo(await ScoreAsync(expected.ToFeatures())));
    }

    [Test]
    public async Task Predict_OfABlankPicture_FindsNothing()
    {
        var answer = await Service.PostAsync("api/predict", Drawn.Text(" "));

        Assert.That((answer.Status, answer.Json.GetProperty("digits").GetArrayLength()), Is.EqualTo((HttpStatusCode.OK, 0)));
    }

    [Test]
    public async Task Explain_OfADigit_AddsUpToItsLogits()
    {
        var pixels = await PixelsOfAsync("7");

        var explanation = (await Service.PostAsync("api/explain", new { pixels, label = 7, against = 1 })).Json;

        double[] Numbers(string name) => [.. explanation.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
        var (logits, probabilities) = (Numbers("logits"), Numbers("probabilities"));
        var scores = await ScoreAsync([.. Convert.FromBase64String(pixels).Select(pixel => pixel / 255f)]);
        Assert.That(probabilities, Is.EqualTo(scores.Select(score => (double)score)).Within(1e-5));
        Assert.That(explanation.GetProperty("networks").GetInt32(), Is.EqualTo(1));
        Assert.That(explanation.GetProperty("loss").GetDouble(), Is.EqualTo(-Math.Log(probabilities[7])).Within(1e-9));
        Assert.That(
            Numbers("evidence").Sum() + explanation.GetProperty("rest").GetDouble(), Is.EqualTo(logits[7] - logits[1]).Within(1e-9));
    }

    [Test]
    public async Task OpenApi_OfTheService_DescribesEveryPath()
    {
        var paths = (await Service.GetAsync("openapi/v1.json")).GetProperty("paths").EnumerateObject().ToDictionary(
            path => path.Name, path => path.Value.EnumerateObject().Select(operation => operation.Name).ToArray());

        Assert.That(paths.Keys, Is.SupersetOf(new[]
        {
            "/api/status", "/api/events", "/api/metrics", "/api/predict", "/api/explain", "/api/training", "/api/training/stop",
            "/api/runs", "/api/runs/{id}", "/api/runs/{id}/mistakes", "/api/runs/{id}/model", "/api/runs/{id}/use", "/api/corrections",
            "/api/corrections/{id}", "/api/corrections/learn", "/api/corrections/images.idx", "/api/corrections/labels.idx",
        }));
        Assert.That(paths["/api/training"], Is.EquivalentTo(new[] { "get", "post" }));
    }

    [Test]
    public async Task Metrics_AfterAPrediction_CountItsRow()
    {
        var before = await ReadMetricAsync("mnistml.scoring.rows");

        await Service.PostAsync("api/predict", Drawn.Text("3"));

        Assert.That(await ReadMetricAsync("mnistml.scoring.rows"), Is.EqualTo(before + 1));
        Assert.That(
            await Service.Client.GetStringAsync("metrics"),
            Does.Match(@"# TYPE mnistml_scoring_rows counter\nmnistml_scoring_rows \d+\n"));
    }

    [Test]
    public async Task Mistakes_OfAConfusionMatrix_AreItsImages()
    {
        // Little training, so that there are mistakes to look at.
        var started = await Service.PostAsync("api/training", new { epochs = 1, rows = 200, recipe = "Classic", seed = 1 });
        Assert.That(started.Status, Is.EqualTo(HttpStatusCode.Accepted), started.Text);
        await Service.WaitForTrainingAsync();
        var id = started.Json.GetProperty("id").GetString();
        var run = await Service.GetAsync($"api/runs/{id}");
        var test = new MLContext().Data.LoadFromIdx(
            MnistFiles.Find(Folder.PathOf("digits")).TestImages, MnistFiles.Find(Folder.PathOf("digits")).TestLabels);
        var (images, labels) = (test.GetColumn<byte[]>("Image").ToArray(), test.GetColumn<uint>("Label").ToArray());

        var confusion = run.GetProperty("confusion").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(cell => cell.GetInt32()).ToArray()).ToArray();

        Assert.That(
            confusion.Select(row => row.Sum()), Is.EqualTo(Enumerable.Range(1, 10).Select(key => labels.Count(each => each == key))));
        var (label, predicted) = (from row in Enumerable.Range(0, 10)
                                  from column in Enumerable.Range(0, 10)
                                  where row != column
                                  orderby confusion[row][column] descending
                                  select (row, column)).First();
        var mistakes = (await Service.GetAsync($"api/runs/{id}/mistakes?label={label}&predicted={predicted}")).EnumerateArray().ToArray();
        Assert.That(mistakes, Has.Length.EqualTo(confusion[label][predicted]).And.Length.GreaterThan(0));
        foreach (var mistake in mistakes)
        {
            var index = mistake.GetProperty("index").GetInt32();
            Assert.That(mistake.GetProperty("pixels").GetBytesFromBase64(), Is.EqualTo(images[index]));
            Assert.That(labels[index], Is.EqualTo(label + 1));
        }
    }

    [Test]
    public async Task Train_WhileAnotherIsUnderWay_IsRefused()
    {
        var first = await Service.PostAsync("api/training", new { epochs = 200, recipe = "Classic" });
        var second = await Service.PostAsync("api/training", new { epochs = 1 });
        var stopped = await Service.PostAsync("api/training/stop?keep=false", new { });
        await Service.WaitForTrainingAsync();
        var late = await Service.PostAsync("api/training/stop", new { });

        Assert.That(
            new[] { first, second, stopped, late }.Select(answer => answer.Status),
            Is.EqualTo(new[] { HttpStatusCode.Accepted, HttpStatusCode.Conflict, HttpStatusCode.Accepted, HttpStatusCode.Conflict }));
        Assert.That(second.Problem, Does.StartWith("Not now: A training is under way, and one at a time"));
        Assert.That(await Service.TrainingStateAsync(), Is.EqualTo("Discarded"));
        var runs = await Service.GetAsync("api/runs");
        Assert.That(
            runs.EnumerateArray().Select(run => run.GetProperty("id").GetString()),
            Has.None.EqualTo(first.Json.GetProperty("id").GetString()), "nothing is kept of what was discarded");
    }

    private async Task<string> PixelsOfAsync(string text) =>
        (await Service.PostAsync("api/predict", Drawn.Text(text))).Json.GetProperty("digits")[0].GetProperty("pixels").GetString()!;

    private async Task<double> ReadMetricAsync(string name) => (await Service.GetAsync("api/metrics")).EnumerateArray()
        .Single(metric => metric.GetProperty("name").GetString() == name).GetProperty("value").GetDouble();

    /// <summary>The scores of the model in use, as ML.NET alone computes them from the file that the service gives.</summary>
    private async Task<float[]> ScoreAsync(float[] features)
    {
        var id = (await Service.GetAsync("api/status")).GetProperty("model").GetProperty("runId").GetString();
        using var file = new MemoryStream(await Service.Client.GetByteArrayAsync($"api/runs/{id}/model"));
        var mlContext = new MLContext();
        var model = mlContext.Model.Load(file, out _);
        using var owner = (IDisposable)model;
        var rows = mlContext.Data.LoadFromEnumerable([new Digit { Features = features }]);
        return model.Transform(rows).GetColumn<float[]>("Score").Single();
    }

    private sealed class Digit
    {
        [VectorType(784)]
        public float[] Features { get; set; } = [];
    }
}
