using System.Net;
using System.Text.Json;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Samples.Web;

/// <summary>What is left when the service is killed at any moment: all that it said it had kept, and a model that loads.</summary>
[NeedsAspNetCore]
internal sealed class WebKillTests
{
    private const int Rounds = 4;

    private TemporaryFolder _folder = null!;
    private string[] _arguments = [];

    [SetUp]
    public void DrawDigits()
    {
        _folder = new TemporaryFolder();
        SyntheticDigits.Write(_folder.PathOf("digits"), trainCount: 600, testCount: 100, seed: 1);
        _arguments = ["--data", _folder.PathOf("digits")];
    }

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public async Task Kill_WhileCorrectionsAreKept_LosesNoneThatWasAccepted()
    {
        var accepted = new Dictionary<string, (int Label, byte[] Pixels)>();
        var deleted = new HashSet<string>();
        var random = new Random(1);
        for (var round = 0; round < Rounds; round++)
        {
            using var service = await WebService.StartReadyAsync(_folder.Path, _arguments);
            await ExpectAsync(service, accepted, deleted);
            var posting = Enumerable.Range(0, 4).Select(_ => Task.Run(() => PostAsync(service, accepted, deleted))).ToArray();
            while (Count(accepted) < (round + 1) * 8)
            {
                await Task.Delay(1);
            }

            await Task.Delay(random.Next(20));
            service.Kill();
            await Task.WhenAll(posting);
        }

        using var last = await WebService.StartReadyAsync(_folder.Path, _arguments);
        await ExpectAsync(last, accepted, deleted);
        Assert.That(Directory.GetFileSystemEntries(Path.Combine(WebService.StateOf(_folder.Path), "corrections")), Has.Length.EqualTo(1));
    }

    /// <summary>Short trainings, one after the other, killed anywhere between their first batch and their end.</summary>
    [Test]
    public async Task Kill_WhileModelsAreTrainedAndSaved_LeavesOneThatLoads()
    {
        var random = new Random(2);
        for (var round = 0; round < Rounds; round++)
        {
            using var service = await WebService.StartReadyAsync(_folder.Path, _arguments);
            var runs = (await service.GetAsync("api/runs")).GetArrayLength();
            var training = Task.Run(() => TrainAsync(service));
            await service.WaitForAsync("api/runs", answer => CountOf(answer) > runs);
            await Task.Delay(random.Next(400));
            service.Kill();
            await training;
        }

        using var last = await WebService.StartReadyAsync(_folder.Path, _arguments);
        var status = await last.GetAsync("api/status");
        Assert.That(status.GetProperty("training").ValueKind, Is.EqualTo(JsonValueKind.Null), "no first model had to be trained again");
        foreach (var run in (await last.GetAsync("api/runs")).EnumerateArray())
        {
            var used = await last.PostAsync($"api/runs/{run.GetProperty("id").GetString()}/use", new { });
            Assert.That(used.Status, Is.EqualTo(HttpStatusCode.OK), used.Text);
        }

        Assert.That(Directory.GetFileSystemEntries(Path.Combine(WebService.StateOf(_folder.Path), "runs"), "*.tmp"), Is.Empty);
    }

    [Test]
    public async Task Kill_InTheMiddleOfATraining_SaysSoAndKeepsTheModelInUse()
    {
        string? before;
        using (var service = await WebService.StartReadyAsync(_folder.Path, _arguments))
        {
            before = await ReadModelAsync(service);
            await service.PostAsync("api/training", new { name = "Long one", epochs = 200, recipe = "Classic" });
            await service.WaitForAsync("api/training", answer => EpochsDone(answer) > 0);
            service.Kill();
        }

        using var again = await WebService.StartReadyAsync(_folder.Path, _arguments);

        var status = await again.GetAsync("api/status");
        Assert.That(await ReadModelAsync(again), Is.EqualTo(before));
        Assert.That(
            status.GetProperty("interrupted").GetString(),
            Is.EqualTo("The training \"Long one\" was cut short when the service ended. Start it again if you want it."));
    }

    private static async Task PostAsync(
        WebService service, Dictionary<string, (int Label, byte[] Pixels)> accepted, HashSet<string> deleted)
    {
        var random = new Random(Environment.CurrentManagedThreadId);
        try
        {
            while (true)
            {
                var (label, pixels) = (random.Next(10), new byte[784]);
                random.NextBytes(pixels);
                var answer = await service.PostAsync("api/corrections", new { pixels, label });
                Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Created), answer.Text);
                var id = answer.Json.GetProperty("id").GetString()!;
                lock (accepted)
                {
                    accepted.Add(id, (label, pixels));
                }

                if (random.Next(3) == 0)
                {
                    lock (accepted)
                    {
                        deleted.Add(id); // asked for; whether it was done is not known if the service is killed now
                    }

                    using var gone = await service.Client.DeleteAsync($"api/corrections/{id}");
                }
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // It was killed.
        }
    }

    private static async Task ExpectAsync(
        WebService service, Dictionary<string, (int Label, byte[] Pixels)> accepted, HashSet<string> deleted)
    {
        var found = (await service.GetAsync("api/corrections")).EnumerateArray().ToDictionary(
            correction => correction.GetProperty("id").GetString()!,
            correction => (correction.GetProperty("label").GetInt32(), correction.GetProperty("pixels").GetBytesFromBase64()));
        foreach (var (id, (label, pixels)) in accepted.Where(correction => !deleted.Contains(correction.Key)))
        {
            Assert.That(found, Contains.Key(id));
            Assert.That(found[id].Item1, Is.EqualTo(label));
            Assert.That(found[id].Item2, Is.EqualTo(pixels));
        }
    }

    private static async Task TrainAsync(WebService service)
    {
        try
        {
            while (true)
            {
                await service.PostAsync("api/training", new { epochs = 1, hidden = new[] { 16 }, recipe = "Classic" });
                await service.WaitForTrainingAsync();
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // It was killed.
        }
    }

    private static int Count(Dictionary<string, (int Label, byte[] Pixels)> accepted)
    {
        lock (accepted)
        {
            return accepted.Count;
        }
    }

    private static async Task<string?> ReadModelAsync(WebService service) =>
        (await service.GetAsync("api/status")).GetProperty("model").GetProperty("runId").GetString();

    private static int CountOf(HttpResponseMessage answer) => JsonOf(answer).GetArrayLength();

    private static int EpochsDone(HttpResponseMessage answer) => JsonOf(answer).GetProperty("status").GetProperty("epochsDone").GetInt32();

    private static JsonElement JsonOf(HttpResponseMessage answer) =>
        JsonDocument.Parse(answer.Content.ReadAsStringAsync().Result).RootElement;
}
