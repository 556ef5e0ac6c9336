using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Hosts;

/// <summary>The web service of the guide to deploying, compiled and run as it stands there, with many requests at once.</summary>
internal sealed partial class WebGuideTests
{
    private const string Guide = "src/docs/saving-and-deploying.md";
    private const string Example = "WebGuideExample";
    private const int ThreadCount = 16;
    private const int RequestsOfThread = 40;

    private TemporaryFolder _folder = null!;
    private string? _assembly;

    [SetUp]
    public void Compile()
    {
        if (DocumentedProgram.FindAspNetCore() is null)
        {
            Assert.Ignore("ASP.NET Core is not installed beside .NET.");
        }

        // Beside the tests, so that it finds what they reference; with a name that no other run has.
        _assembly = Path.Combine(AppContext.BaseDirectory, $"{Example}-{Guid.NewGuid():N}.dll");
        _folder = new TemporaryFolder();
        using var stream = File.Create(_assembly);
        var written = DocumentedProgram.In(Guide).Last(program => program.IsWeb).Compile(Example).Emit(stream);
        Assert.That(written.Success, string.Join('\n', written.Diagnostics));
    }

    [TearDown]
    public void Delete()
    {
        _folder?.Dispose();
        if (_assembly is not null)
        {
            File.Delete(_assembly);
        }
    }

    [Test]
    public void Post_FromManyThreads_GivesEachImageItsOwnScores()
    {
        var (images, scores) = TrainAndSave(_folder.Path);
        using var process = StartServer();
        try
        {
            var address = ReadAddress(process.StandardOutput);
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = ThreadCount })
            {
                BaseAddress = address,
            };

            var wrongScores = 0;
            var threads = Enumerable.Range(0, ThreadCount).Select(thread => new Thread(() =>
            {
                for (var request = 0; request < RequestsOfThread; request++)
                {
                    var index = ((thread * RequestsOfThread) + request) % images.Length;
                    if (!Post(client, images[index]).SequenceEqual(scores[index]))
                    {
                        Interlocked.Increment(ref wrongScores);
                    }
                }
            })).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            Assert.That(wrongScores, Is.Zero);
            using var refused = client.PostAsJsonAsync("/digits", new float[3]).Result;
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That(refused.Content.ReadAsStringAsync().Result, Is.EqualTo("\"There are 3 pixels, but 784 are expected.\""));
        }
        finally
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private static (float[][] Images, float[][] Scores) TrainAndSave(string folder)
    {
        var mlContext = new MLContext(seed: 1);
        var files = SyntheticDigits.Write(Path.Combine(folder, "digits"), trainCount: 200, testCount: 64, seed: 1);
        var train = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
        using var model = new MlpTrainer(mlContext, MlpRecipes.Fast with { HiddenLayers = [16], MaxEpochs = 2, Seed = 1 }).Fit(train);
        mlContext.Model.Save(model, train.Schema, Path.Combine(folder, "digits.zip"));
        var scored = model.Transform(mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels));
        return ([.. scored.GetColumn<float[]>("Features")], [.. scored.GetColumn<float[]>("Score")]);
    }

    private Process StartServer()
    {
        var settings = Path.Combine(AppContext.BaseDirectory, "MnistML.Tests");
        var framework = $"\"version\": \"{Environment.Version}\"";
        File.WriteAllText(
            _folder.PathOf("runtimeconfig.json"),
            $$"""
            { "runtimeOptions": { "frameworks": [
              { "name": "Microsoft.NETCore.App", {{framework}} }, { "name": "Microsoft.AspNetCore.App", {{framework}} } ] } }
            """);
        string[] command =
        [
            "dotnet", "exec", "--runtimeconfig", _folder.PathOf("runtimeconfig.json"), "--depsfile", $"{settings}.deps.json", _assembly!,
            "--urls", "http://127.0.0.1:0",
        ];
        var process = Process.Start(Host.Describe(command, _folder.Path, ("TMPDIR", _folder.Path)))!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        return process;
    }

    private static Uri ReadAddress(StreamReader output)
    {
        while (output.ReadLine() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                _ = output.ReadToEndAsync(); // so that the server never waits for a reader
                return new Uri(match.Groups["address"].Value);
            }
        }

        throw new AssertionException("The service ended before it listened.");
    }

    private static float[] Post(HttpClient client, float[] pixels)
    {
        using var response = client.PostAsJsonAsync("/digits", pixels).Result;
        response.EnsureSuccessStatusCode();
        return response.Content.ReadFromJsonAsync<float[]>().Result!;
    }

    [GeneratedRegex(@"Now listening on: (?<address>http://[0-9.:]+)")]
    private static partial Regex Listening();
}
