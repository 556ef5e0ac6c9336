using MnistML.Native;
using MnistML.Training.Optimizers;
using TorchSharp;

namespace MnistML.Tests.Training.Optimizers;

internal sealed class GradientClippingTests
{
    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [TestCase(1.0)]
    [TestCase(6.0)]
    [TestCase(7.0)]
    [TestCase(100.0)]
    public void Clip_OfGradients_ShortensThemTogether(double norm)
    {
        // Together 7 long: 4 + 9 + 36 = 49.
        using var scope = torch.NewDisposeScope();
        torch.Tensor[] gradients = [torch.tensor(new float[] { 2, -3 }), torch.tensor(new float[,] { { 6 }, { 0 } })];

        GradientClipping.Clip(gradients, norm);

        var factor = Math.Min(1, norm / (7 + 1e-6));
        Assert.That(TensorValues.ToSingles(gradients[0]), Is.EqualTo([2 * factor, -3 * factor]).Within(1e-6));
        Assert.That(TensorValues.ToSingles(gradients[1]), Is.EqualTo([6 * factor, 0]).Within(1e-6));
    }
}
