using MnistML.Native;
using MnistML.Network;
using TorchSharp;

namespace MnistML.Tests.Network;

internal sealed class BatchNormalizationTests
{
    private static readonly float[,] Values = { { 1, -2 }, { 3, 0.5f }, { 5, 2 }, { -1, 4 } };

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Forward_WhileLearning_NormalizesOverTheBatchAndKeepsAverages()
    {
        using var scope = torch.NewDisposeScope();
        using var normalization = new BatchNormalization(2, new NetworkSettings());
        TensorValues.Set(normalization.Scale, [2, 0.5f]);
        TensorValues.Set(normalization.Shift, [1, -1]);

        var outputs = normalization.ForwardTraining(torch.tensor(Values));

        float[] scales = [2, 0.5f], shifts = [1, -1];
        for (var unit = 0; unit < 2; unit++)
        {
            double[] column = [.. Enumerable.Range(0, 4).Select(row => (double)Values[row, unit])];
            var mean = column.Average();
            var variance = column.Average(value => (value - mean) * (value - mean));
            for (var row = 0; row < 4; row++)
            {
                Assert.That(outputs[row, unit].item<float>(), Is.EqualTo(
                    (scales[unit] * (column[row] - mean) / Math.Sqrt(variance + 1e-5)) + shifts[unit]).Within(1e-5));
            }

            // A tenth of the batch's, and the variance unbiased: 4 / 3 of the other.
            Assert.That(normalization.RunningMean[unit].item<float>(), Is.EqualTo(0.1 * mean).Within(1e-6));
            Assert.That(normalization.RunningVariance[unit].item<float>(), Is.EqualTo(0.9 + (0.1 * variance * 4 / 3)).Within(1e-5));
        }
    }

    [Test]
    public void ForwardTraining_OfASingleRow_UsesTheAverages()
    {
        using var scope = torch.NewDisposeScope();
        using var normalization = new BatchNormalization(2, new NetworkSettings());

        var outputs = normalization.ForwardTraining(torch.tensor(new float[,] { { 7, -3 } }));

        Assert.That(TensorValues.ToSingles(outputs), Is.EqualTo([7, -3]).Within(1e-4));
        Assert.That(TensorValues.ToSingles(normalization.RunningMean), Is.EqualTo(new[] { 0f, 0f }));
    }
}
