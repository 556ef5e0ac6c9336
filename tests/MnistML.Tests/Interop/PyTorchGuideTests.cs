using MnistML.Tests.Support;

namespace MnistML.Tests.Interop;

/// <summary>Runs the Python of src/docs/pytorch-weights.md as it stands.</summary>
[NeedsPython("numpy", "torch")]
internal sealed class PyTorchGuideTests
{
    [Test]
    public void Python_OfTheGuide_LoadsWeightsAndSavesThem()
    {
        using var folder = new TemporaryFolder();
        var model = Networks.Random(new MlpArchitecture(784, [256, 128], 10), seed: 1);
        model.Save(folder.PathOf("digits.safetensors"));
        var blocks = Markdown.BlocksIn(Repository.Read("src/docs/pytorch-weights.md")).Where(block => block.Language == "python")
            .Select(block => block.Text);

        Python.Run(string.Join('\n', ["import os, sys", "os.chdir(sys.argv[1])", .. blocks]), folder.Path);

        var back = MlpModelParameters.Load(folder.PathOf("from-pytorch.safetensors"));
        Assert.Multiple(() =>
        {
            Assert.That(back.Architecture, Is.EqualTo(model.Architecture));
            Assert.That(
                back.Layers.Select(layer => layer.Weights.ToArray()), Is.EqualTo(model.Layers.Select(layer => layer.Weights.ToArray())));
            Assert.That(
                back.Layers.Select(layer => layer.Biases.ToArray()), Is.EqualTo(model.Layers.Select(layer => layer.Biases.ToArray())));
        });
    }
}
