using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Hosts;

/// <summary>A saved model in an application that references neither MnistML nor any libtorch package.</summary>
internal sealed class ScoringHostTests
{
    [Test]
    public void Load_InAProcessWithoutMnistML_GivesTheSameBits([Values] MlpTask task)
    {
        using var folder = new TemporaryFolder();
        var mlContext = new MLContext(seed: 1);
        var data = TaskCase.Data(mlContext, rows: 20);
        using var model = TaskCase.Trainer(mlContext, new TaskCase(task).Small).Fit(data);
        mlContext.Model.Save(model, data.Schema, folder.PathOf("model.zip"));
        var lines = data.GetColumn<float[]>("Features")
            .Select(row => string.Join(' ', row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        var input = string.Join('\n', lines);

        var result = Host.Run("MnistML.ScoringHost", folder.Path, [folder.PathOf("model.zip")], input + "\n");

        Assert.That(result.Error, Is.Empty);
        var scored = model.Transform(data);
        var scores = result.OutputLines[..^1].Select(
            line => line.Split(' ').Select(text => float.Parse(text, CultureInfo.InvariantCulture)).ToArray());
        Assert.That(
            scores,
            Is.EqualTo(task == MlpTask.Multiclass
                ? scored.GetColumn<float[]>("Score")
                : scored.GetColumn<float>("Score").Select(score => (float[])[score])));
        var assemblies = result.OutputLines[^1].Split(' ').Except(["MnistML.ScoringHost"]).ToArray();
        Assert.That(assemblies, Has.Some.EqualTo("Microsoft.ML.OnnxTransformer"));
        Assert.That(assemblies, Has.None.StartsWith("MnistML"));
        Assert.That(assemblies, Has.None.StartsWith("TorchSharp"));
        var hostFolder = Path.GetDirectoryName(Host.PathOf("MnistML.ScoringHost"))!;
        Assert.That(Directory.EnumerateFiles(hostFolder, "*torch*", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void Fit_WithoutALibtorchPackage_SaysOnceWhatToAdd()
    {
        using var folder = new TemporaryFolder();

        var output = Host.Run("MnistML.HostWithoutLibtorch", folder.Path, []).OutputLines;
        var lines = output[..(output.Length / 2)];
        var secondFit = output[(output.Length / 2)..];

        Assert.That(lines[0], Is.EqualTo("System.DllNotFoundException"));
        Assert.That(lines[1], Does.Match("^libtorch, which MnistML trains with, could not be loaded on (linux|win|osx)-(x64|arm64).$"));
        Assert.That(lines[2], Does.StartWith("Looked for: ").And.Contain("torch_cpu").And.Contain("(not found)"));
        Assert.That(lines[3], Does.StartWith("Likely cause: the application references no libtorch package."));
        Assert.That(lines[4], Is.EqualTo("""Add to its project file: <PackageReference Include="TorchSharp-cpu" Version="0.107.0" />"""));
        Assert.That(lines[^1], Does.StartWith("Inner: System."));
        Assert.That(secondFit, Is.EqualTo(lines));
    }
}
