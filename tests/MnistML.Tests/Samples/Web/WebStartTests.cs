using System.Diagnostics;
using System.Net;
using System.Text.Json;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples.Web;

/// <summary>How the service starts: without anything at hand, again, with a model, and where it can't.</summary>
[NeedsAspNetCore]
internal sealed class WebStartTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public async Task Start_TwiceWithoutAnything_TrainsOnceOnDrawnDigitsAndSaysSo()
    {
        string? runId;
        using (var first = WebService.Start(_folder.Path, []))
        {
            Assert.That(first.Greeting, Does.Contain("The page is at http://127.0.0.1:"));
            await first.WaitForAsync("health/live", answer => answer.StatusCode == HttpStatusCode.OK);
            var early = await first.PostAsync("api/predict", Drawn.Text("1"));
            await first.WaitForAsync("health/ready", answer => answer.StatusCode == HttpStatusCode.OK);
            var status = await first.GetAsync("api/status");
            runId = status.GetProperty("model").GetProperty("runId").GetString();

            Assert.That(early.Problem, Does.StartWith("Not ready: There is no model yet"));
            Assert.That(status.GetProperty("isDrawn").GetBoolean(), Is.True);
            Assert.That(status.GetProperty("model").GetProperty("testAccuracy").GetDouble(), Is.GreaterThan(0.97));
        }

        using var second = WebService.Start(_folder.Path, []);
        Assert.That(second.Greeting, Does.Contain("networks are trained on digits that MnistML draws. --data DIR"));
        var again = await second.GetAsync("api/status");

        Assert.That(again.GetProperty("model").GetProperty("runId").GetString(), Is.EqualTo(runId));
        Assert.That(again.GetProperty("training").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task Start_WithAModelOfTheConsole_UsesIt()
    {
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 600, testCount: 100, seed: 1);
        var work = Directory.CreateDirectory(_folder.PathOf("console")).FullName;
        var trained = Host.Run("MnistML.Console", work, ["train", "--data", _folder.PathOf("digits"), "--epochs", "3", "--out", "m.zip"]);
        Assert.That(trained.ExitCode, Is.Zero, trained.Error);

        using var service = WebService.Start(
            _folder.Path, ["--model", Path.Combine(work, "m.zip"), "--data", _folder.PathOf("digits")]);
        var model = (await service.GetAsync("api/status")).GetProperty("model");
        var answer = await service.PostAsync("api/predict", Drawn.Text("8"));

        Assert.That((model.GetProperty("name").GetString(), model.GetProperty("runId").GetString()), Is.EqualTo(("m.zip", (string?)null)));
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await service.GetAsync("api/runs")).GetArrayLength(), Is.Zero, "nothing was trained");
    }

    [Test]
    public void Start_OfASecondServiceOnTheSameFolder_IsRefused()
    {
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 600, testCount: 100, seed: 1);
        using var first = WebService.Start(_folder.Path, ["--data", _folder.PathOf("digits")]);

        ExpectRefusal(["--state", WebService.StateOf(_folder.Path)], "^The folder '.*' is in use by another MnistML.Web: ");

        var other = new DirectoryInfo(_folder.PathOf("other")).FullName;
        using var second = WebService.Start(other, ["--data", _folder.PathOf("digits")]);
        Assert.That(second.Address.Port, Is.Not.EqualTo(first.Address.Port), "it takes the next free port");
    }

    [Test]
    public void Start_OnAPortInUse_NamesIt()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        ExpectRefusal(
            ["--state", _folder.PathOf("state"), "--port", $"{port}"], $"^The address 127.0.0.1, port {port}, can't be listened on ");
    }

    [TestCase("--model nothing.zip", "^There is no model 'nothing.zip'. Leave --model out, and the page trains one.$")]
    [TestCase("--data nothing", "^There is no folder 'nothing'.$")]
    [TestCase("--port 0", "^--port is '0', but must be a number from 1 to 65535. Run with --help for the options.$")]
    [TestCase("--listen here", "^--listen is 'here', but must be an IP address of this machine, ")]
    [TestCase("--modell x.zip", "^There is no option --modell. Did you mean --model\\? Run with --help for the options.$")]
    public void Start_WithAMistake_IsOneClearLine(string arguments, string expected) =>
        ExpectRefusal(["--state", _folder.PathOf("state"), .. arguments.Split(' ')], expected);

    [Test]
    public void Start_WithALimitOutOfRange_NamesIt()
    {
        var work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
        var result = Host.Run("MnistML.Web", work, ["--state", _folder.PathOf("state")], "", ("Limits__ScoringQueue", "-1"));

        Assert.That(result.ErrorLines, Has.Length.EqualTo(1).And.All.Match("^Limits of the configuration are not valid: .*ScoringQueue"));
        Assert.That(result.ExitCode, Is.EqualTo(1));
    }

    /// <summary>Under limits that are set low, each is named in the answer that it causes.</summary>
    [Test]
    public async Task Requests_AboveTheLimits_NameThem()
    {
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 600, testCount: 100, seed: 1);
        using var service = await WebService.StartReadyAsync(
            _folder.Path, ["--data", _folder.PathOf("digits")],
            ("Limits__Corrections", "1"), ("Limits__EventStreams", "1"), ("Limits__ScoringAtOnce", "1"), ("Limits__ScoringQueue", "0"));
        var pixels = new byte[784];

        // Pictures that take some time each, all at once: one is read, and no other may wait.
        var picture = Drawn.Text("5", width: 2000, height: 2000, size: 1200);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => service.PostAsync("api/predict", picture)));
        await service.PostAsync("api/corrections", new { pixels, label = 1 });
        var correction = await service.PostAsync("api/corrections", new { pixels, label = 1 });
        using var stream = await service.Client.GetAsync("api/events", HttpCompletionOption.ResponseHeadersRead);
        var secondStream = await WebAnswer.OfAsync(await service.Client.GetAsync("api/events"));

        var refused = answers.Where(answer => answer.Status != HttpStatusCode.OK).ToArray();
        Assert.That(refused, Has.Length.InRange(1, 15));
        Assert.That(
            refused.Select(answer => (answer.Status, LimitOf(answer))),
            Is.All.EqualTo((HttpStatusCode.ServiceUnavailable, "ScoringQueue")));
        Assert.That((correction.Status, LimitOf(correction)), Is.EqualTo((HttpStatusCode.Conflict, "Corrections")));
        Assert.That((secondStream.Status, LimitOf(secondStream)), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "EventStreams")));
    }

    [Test]
    public async Task Requests_MoreThanAnAddressMayAsk_AreRefusedForAWhile()
    {
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 600, testCount: 100, seed: 1);
        using var service = await WebService.StartReadyAsync(
            _folder.Path, ["--data", _folder.PathOf("digits")], ("Limits__RequestsPerSecond", "1"), ("Limits__RequestBurst", "3"));

        WebAnswer? refused = null;
        for (var watch = Stopwatch.StartNew(); refused is null && watch.Elapsed < Host.Patience;)
        {
            var answers = await Task.WhenAll(
                Enumerable.Range(0, 10).Select(async _ => await WebAnswer.OfAsync(await service.Client.GetAsync("api/status"))));
            refused = answers.FirstOrDefault(answer => answer.Status != HttpStatusCode.OK);
        }

        Assert.That((refused!.Status, LimitOf(refused)), Is.EqualTo((HttpStatusCode.TooManyRequests, "RequestsPerSecond")));
        Assert.That(refused.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That((await service.Client.GetAsync("health/live")).StatusCode, Is.EqualTo(HttpStatusCode.OK), "health is not limited");
    }

    private static string? LimitOf(WebAnswer answer) => answer.Json.GetProperty("limit").GetProperty("name").GetString();

    private void ExpectRefusal(string[] arguments, string expected)
    {
        var work = Directory.CreateDirectory(_folder.PathOf("work")).FullName;
        var result = Host.Run("MnistML.Web", work, arguments);

        Assert.That(result.ErrorLines, Has.Length.EqualTo(1).And.All.Match(expected), result.Error);
        Assert.That(result.ExitCode, Is.EqualTo(1));
    }
}
