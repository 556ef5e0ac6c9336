using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples.Web;

/// <summary>The service by its API: what it refuses, and how it says so.</summary>
[NeedsAspNetCore]
internal sealed class WebRefusalTests : WebServiceFixture
{
    [Test]
    public async Task Predict_OfATextNamedPng_SaysThatItIsNoPicture()
    {
        var answer = await Service.PostAsync("api/predict", "This is a text.\n"u8.ToArray());

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(answer.Problem, Does.StartWith("The picture can't be read: "));
    }

    [Test]
    public async Task Predict_OfNothing_SaysWhatIsExpected()
    {
        var answer = await Service.PostAsync("api/predict", []);

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
        Assert.That($"{answer.Json.GetProperty("limit")}", Is.EqualTo("{\"name\":\"UploadBytes\",\"value\":10000000}"));
    }

    /// <summary>30,000 × 30,000 pixels of one bit in some kilobytes.</summary>
    [Test]
    public async Task Predict_OfADecompressionBomb_IsRefusedBeforeItIsUnpacked()
    {
        var answer = await Service.PostAsync("api/predict", PngBomb.Create(side: 30_000));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.UnprocessableEntity));
        Assert.That(answer.Problem, Does.Match("30,?000 × 30,?000"));
    }

    [TestCase(783, 7, "There are 783 pixels, but 784 bytes in base 64 are expected.")]
    [TestCase(784, 10, "The label is 10, but there are the classes 0 to 9.")]
    [TestCase(784, -1, "The label is -1, but there are the classes 0 to 9.")]
    public async Task ExplainAndCorrect_OfWhatIsNoDigit_SayWhatIsExpected(int pixelCount, int label, string expected)
    {
        var request = new { pixels = new byte[pixelCount], label };

        foreach (var path in (string[])["api/explain", "api/corrections"])
        {
            var answer = await Service.PostAsync(path, request);
            Assert.That(
                (answer.Status, answer.Json.GetProperty("detail").GetString()), Is.EqualTo((HttpStatusCode.BadRequest, expected)), path);
        }

        Assert.That((await Service.GetAsync("api/corrections")).GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Post_OfBrokenJson_IsABadRequestWithDetails()
    {
        using var content = new StringContent("{\"pixels\": 3", Encoding.UTF8, "application/json");
        var answer = await WebAnswer.OfAsync(await Service.Client.PostAsync("api/corrections", content));

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
        var answer = await WebAnswer.OfAsync(await Service.Client.PostAsync("api/training", content));

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Json.GetProperty("errors").EnumerateObject().Select(error => error.Name), Is.EqualTo(new[] { field }));
    }

    [TestCase("api/runs/nothing")]
    [TestCase("api/runs/..%2F..%2Flock/model")]
    [TestCase("api/nothing")]
    public async Task Get_OfWhatIsNotThere_IsAProblem(string path)
    {
        var answer = await WebAnswer.OfAsync(await Service.Client.GetAsync(path));

        Assert.That((answer.Status, answer.Json.GetProperty("status").GetInt32()), Is.EqualTo((HttpStatusCode.NotFound, 404)));
    }

    [TestCase("")]
    [TestCase("js/main.js")]
    [TestCase("api/status")]
    [TestCase("api/nothing")]
    [TestCase("api/runs/nothing")]
    public async Task Get_OfAnything_HasAStrictPolicy(string path)
    {
        using var answer = await Service.Client.GetAsync(path);

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

    /// <summary>A client that sends a header and then nothing, and one that goes in the middle, keep nobody waiting.</summary>
    [Test]
    public async Task Predict_BesideSlowClients_IsAnswered()
    {
        var slow = new List<TcpClient>();
        for (var i = 0; i < 20; i++)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Service.Address.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /api/predict HTTP/1.1\r\nHost: {Service.Address.Authority}\r\nContent-Length: 1000\r\n\r\nabc"));
            slow.Add(client);
        }

        slow.Take(10).ToList().ForEach(client => client.Close());
        var answer = await Service.PostAsync("api/predict", Drawn.Text("2"));
        slow.ForEach(client => client.Dispose());

        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK));
    }

    private async Task<WebAnswer> SendAsync(HttpRequestMessage message) =>
        await WebAnswer.OfAsync(await Service.Client.SendAsync(message));
}
