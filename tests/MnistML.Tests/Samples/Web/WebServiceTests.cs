using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Datasets;
using MnistML.Images;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples.Web;

/// <summary>The service by its API: answers, limits, and what strangers may not do.</summary>
[NeedsAspNetCore]
internal sealed class WebServiceTests
{
    private TemporaryFolder _folder = null!;
    private WebService _service = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TemporaryFolder();
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 1_500, testCount: 200, seed: 1);
        _service = await WebService.StartReadyAsync(_folder.Path, ["--data", _folder.PathOf("digits")]);
    }

    [OneTimeTearDown]
    public void Stop()
    {
        _service?.Dispose();
        _folder?.Dispose();
    }

    [Test]
    public async Task Predict_OfAPicture_IsWhatTheLibraryReadsAndTheModelScores()
    {
        var picture = Drawn.Text("4");

        var answer = await _service.PostAsync("api/predict", picture);

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
        var answer = await _service.PostAsync("api/predict", Drawn.Text(" "));

        Assert.That((answer.Status, answer.Json.GetProperty("digits").GetArrayLength()), Is.EqualTo((HttpStatusCode.OK, 0)));
    }

    [Test]
    public async Task Predict_OfATextNamedPng_SaysThatItIsNoPicture()
    {
        var answer = await _service.PostAsync("api/predict", "This is a text.\n"u8.ToArray());

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(answer.Problem, Does.StartWith("The picture can't be read: "));
    }

    [Test]
    public async Task Predict_OfNothing_SaysWhatIsExpected()
    {
        var answer = await _service.PostAsync("api/predict", []);

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Problem, Is.EqualTo("The request is not understood: The body is empty, but must be the file of a picture."));
    }

    /// <summary>With a length that says so, and without one.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public async Task Predict_OfAHundredMegabytes_NamesTheLimit(bool saysLength)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/predict")
        {
            Content = new StreamContent(new EndlessZeros(100_000_000)),
        };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        message.Content.Headers.ContentLength = saysLength ? 100_000_000 : null;
        message.Headers.TransferEncodingChunked = !saysLength;

        var answer = await SendAsync(message);

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(answer.Problem, Is.EqualTo("The request is too large: At most 10,000,000 bytes are taken. Send a smaller picture."));
        Assert.That(
            (answer.Json.GetProperty("limit").GetProperty("name").GetString(), answer.Json.GetProperty("limit").GetProperty("value").GetInt64()),
            Is.EqualTo(("UploadBytes", 10_000_000L)));
    }

    /// <summary>30,000 × 30,000 pixels of one bit in some kilobytes.</summary>
    [Test]
    public async Task Predict_OfADecompressionBomb_IsRefusedBeforeItIsUnpacked()
    {
        var answer = await _service.PostAsync("api/predict", PngBomb.Create(side: 30_000));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(answer.Problem, Does.Match("30,?000 × 30,?000"));
    }

    [Test]
    public async Task Explain_OfADigit_AddsUpToItsLogits()
    {
        var pixels = await PixelsOfAsync("7");

        var explanation = (await _service.PostAsync("api/explain", new { pixels, label = 7, against = 1 })).Json;

        double[] Numbers(string name) => [.. explanation.GetProperty(name).EnumerateArray().Select(value => value.GetDouble())];
        var (logits, probabilities) = (Numbers("logits"), Numbers("probabilities"));
        var scores = await ScoreAsync([.. Convert.FromBase64String(pixels).Select(pixel => pixel / 255f)]);
        Assert.That(probabilities, Is.EqualTo(scores.Select(score => (double)score)).Within(1e-5));
        Assert.That(explanation.GetProperty("loss").GetDouble(), Is.EqualTo(-Math.Log(probabilities[7])).Within(1e-9));
        Assert.That(
            Numbers("evidence").Sum() + explanation.GetProperty("rest").GetDouble(), Is.EqualTo(logits[7] - logits[1]).Within(1e-9));
    }

    [TestCase(783, 7, "There are 783 pixels, but 784 bytes in base 64 are expected.")]
    [TestCase(784, 10, "The label is 10, but there are the classes 0 to 9.")]
    [TestCase(784, -1, "The label is -1, but there are the classes 0 to 9.")]
    public async Task ExplainAndCorrect_OfWhatIsNoDigit_SayWhatIsExpected(int pixelCount, int label, string expected)
    {
        var request = new { pixels = new byte[pixelCount], label };

        foreach (var path in (string[])["api/explain", "api/corrections"])
        {
            var answer = await _service.PostAsync(path, request);
            Assert.That((answer.Status, answer.Json.GetProperty("detail").GetString()), Is.EqualTo((HttpStatusCode.BadRequest, expected)), path);
        }

        Assert.That((await _service.GetAsync("api/corrections")).GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Post_OfBrokenJson_IsABadRequestWithDetails()
    {
        using var content = new StringContent("{\"pixels\": 3", Encoding.UTF8, "application/json");
        var answer = await WebAnswer.OfAsync(await _service.Client.PostAsync("api/corrections", content));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Problem, Does.StartWith("The request is not understood: "));
    }

    [TestCase("{\"epochs\": 0}", "Epochs")]
    [TestCase("{\"hidden\": [0]}", "Hidden")]
    [TestCase("{\"learningRate\": -1}", "LearningRate")]
    [TestCase("{\"validationShare\": 0.9}", "ValidationShare")]
    public async Task Train_WithAnOptionOutOfRange_NamesIt(string json, string field)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        var answer = await WebAnswer.OfAsync(await _service.Client.PostAsync("api/training", content));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name), Is.EqualTo(new[] { field }));
    }

    [TestCase("api/runs/nothing")]
    [TestCase("api/runs/..%2F..%2Flock/model")]
    [TestCase("api/nothing")]
    public async Task Get_OfWhatIsNotThere_IsAProblem(string path)
    {
        var answer = await WebAnswer.OfAsync(await _service.Client.GetAsync(path));

        Assert.That((answer.Status, answer.Json.GetProperty("status").GetInt32()), Is.EqualTo((HttpStatusCode.NotFound, 404)));
    }

    [TestCase("")]
    [TestCase("js/main.js")]
    [TestCase("api/status")]
    [TestCase("api/nothing")]
    [TestCase("api/runs/nothing")]
    public async Task Get_OfAnything_HasAStrictPolicy(string path)
    {
        using var answer = await _service.Client.GetAsync(path);

        string Header(string name) => string.Join(' ', answer.Headers.GetValues(name));
        Assert.That(Header("Content-Security-Policy"), Does.StartWith("default-src 'none'; script-src 'self'; style-src 'self';"));
        Assert.That(Header("Content-Security-Policy"), Does.Contain("frame-ancestors 'none'").And.Not.Contain("unsafe"));
        Assert.That(Header("X-Content-Type-Options"), Is.EqualTo("nosniff"));
    }

    /// <summary>A name of another site that leads to this machine (DNS rebinding), and another site's page.</summary>
    [TestCase("Host", "evil.example")]
    [TestCase("Origin", "http://evil.example")]
    [TestCase("Sec-Fetch-Site", "cross-site")]
    public async Task Post_FromAnotherSite_IsRefused(string header, string value)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/training");
        message.Headers.Add(header, value);

        Assert.That((await SendAsync(message)).Status, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task OpenApi_OfTheService_DescribesEveryPath()
    {
        var paths = (await _service.GetAsync("openapi/v1.json")).GetProperty("paths").EnumerateObject().ToDictionary(
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

        await _service.PostAsync("api/predict", Drawn.Text("3"));

        Assert.That(await ReadMetricAsync("mnistml.scoring.rows"), Is.EqualTo(before + 1));
        Assert.That(
            await _service.Client.GetStringAsync("metrics"),
            Does.Match(@"# TYPE mnistml_scoring_rows counter\nmnistml_scoring_rows \d+\n"));
    }

    [Test]
    public async Task Mistakes_OfAConfusionMatrix_AreItsImages()
    {
        // Little training, so that there are mistakes to look at.
        var started = await _service.PostAsync("api/training", new { epochs = 1, rows = 200, recipe = "Classic", seed = 1 });
        Assert.That(started.Status, Is.EqualTo(HttpStatusCode.Accepted), started.Text);
        await _service.WaitForTrainingAsync();
        var id = started.Json.GetProperty("id").GetString();
        var run = await _service.GetAsync($"api/runs/{id}");
        var test = new MLContext().Data.LoadFromIdx(
            MnistFiles.Find(_folder.PathOf("digits")).TestImages, MnistFiles.Find(_folder.PathOf("digits")).TestLabels);
        var (images, labels) = (test.GetColumn<byte[]>("Image").ToArray(), test.GetColumn<uint>("Label").ToArray());

        var confusion = run.GetProperty("confusion").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(cell => cell.GetInt32()).ToArray()).ToArray();

        Assert.That(confusion.Select(row => row.Sum()), Is.EqualTo(Enumerable.Range(1, 10).Select(key => labels.Count(label => label == key))));
        var (label, predicted) = (from row in Enumerable.Range(0, 10)
                                  from column in Enumerable.Range(0, 10)
                                  where row != column
                                  orderby confusion[row][column] descending
                                  select (row, column)).First();
        var mistakes = (await _service.GetAsync($"api/runs/{id}/mistakes?label={label}&predicted={predicted}")).EnumerateArray().ToArray();
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
        var first = await _service.PostAsync("api/training", new { epochs = 200, recipe = "Classic" });
        var second = await _service.PostAsync("api/training", new { epochs = 1 });
        var stopped = await _service.PostAsync("api/training/stop?keep=false", new { });
        await _service.WaitForTrainingAsync();
        var late = await _service.PostAsync("api/training/stop", new { });

        Assert.That(
            new[] { first, second, stopped, late }.Select(answer => answer.Status),
            Is.EqualTo(new[] { HttpStatusCode.Accepted, HttpStatusCode.Conflict, HttpStatusCode.Accepted, HttpStatusCode.Conflict }));
        Assert.That(second.Problem, Does.StartWith("Not now: A training is under way, and one at a time"));
        Assert.That(await _service.TrainingStateAsync(), Is.EqualTo("Discarded"));
        var runs = await _service.GetAsync("api/runs");
        Assert.That(
            runs.EnumerateArray().Select(run => run.GetProperty("id").GetString()),
            Has.None.EqualTo(first.Json.GetProperty("id").GetString()), "nothing is kept of what was discarded");
    }

    /// <summary>A client that sends a header and then nothing, and one that goes in the middle, keep nobody waiting.</summary>
    [Test]
    public async Task Predict_BesideSlowClients_IsAnswered()
    {
        var slow = new List<TcpClient>();
        for (var i = 0; i < 20; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _service.Address.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/predict HTTP/1.1\r\nHost: {_service.Address.Authority}\r\nContent-Length: 1000\r\n\r\nabc"));
            slow.Add(client);
        }

        slow.Take(10).ToList().ForEach(client => client.Close());
        var answer = await _service.PostAsync("api/predict", Drawn.Text("2"));
        slow.ForEach(client => client.Dispose());

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK));
    }

    private async Task<string> PixelsOfAsync(string text) =>
        (await _service.PostAsync("api/predict", Drawn.Text(text))).Json.GetProperty("digits")[0].GetProperty("pixels").GetString()!;

    private async Task<double> ReadMetricAsync(string name) => (await _service.GetAsync("api/metrics")).EnumerateArray()
        .Single(metric => metric.GetProperty("name").GetString() == name).GetProperty("value").GetDouble();

    private async Task<WebAnswer> SendAsync(HttpRequestMessage message) => await WebAnswer.OfAsync(await _service.Client.SendAsync(message));

    /// <summary>The scores of the model in use, as ML.NET alone computes them from the file that the service gives.</summary>
    private async Task<float[]> ScoreAsync(float[] features)
    {
        var id = (await _service.GetAsync("api/status")).GetProperty("model").GetProperty("runId").GetString();
        using var file = new MemoryStream(await _service.Client.GetByteArrayAsync($"api/runs/{id}/model"));
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
