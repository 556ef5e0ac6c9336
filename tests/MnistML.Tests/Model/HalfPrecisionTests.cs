using MnistML.Model;

namespace MnistML.Tests.Model;

internal sealed class HalfPrecisionTests
{
    private const int Inputs = 1 << 15;
    private const int Outputs = 32;
    private const int Changed = 77;

    [Test]
    public void Round_OfALargeLayer_ChangesNoWeightByMoreThanAPartOfItsInputsGreatest()
    {
        float[] weights = Weights(), rounded = [.. weights];

        HalfPrecision.Round(rounded, Inputs);

        Assert.That(HalfPrecision.Holds(rounded));
        for (var input = 0; input < Inputs; input++)
        {
            var ofInput = Enumerable.Range(0, Outputs).Select(output => (output * Inputs) + input).ToArray();
            var greatest = ofInput.Max(i => Math.Abs(weights[i]));
            Assert.That(ofInput.Max(i => Math.Abs(weights[i] - rounded[i])), Is.LessThanOrEqualTo(greatest / 2_048));
        }
    }

    /// <summary>Weights of one input: too large, too small, and not there at all.</summary>
    [TestCase(65_520f, false)]
    [TestCase(65_504f, true)]
    [TestCase(6.2e-5f, true)]
    [TestCase(6e-5f, false)]
    [TestCase(1e-9f, false)]
    [TestCase(0f, true)]
    public void Round_OfAnInputWithWeightsOfAnySize_LeavesTheLayerWhereFloat16CouldNotHoldThem(float weight, bool isRounded)
    {
        var weights = Weights();
        for (var output = 0; output < Outputs; output++)
        {
            weights[(output * Inputs) + Changed] = output % 2 == 0 ? weight : -weight;
        }

        float[] rounded = [.. weights];
        HalfPrecision.Round(rounded, Inputs);

        Assert.That(HalfPrecision.Holds(rounded), Is.EqualTo(isRounded));
        Assert.That(rounded.AsSpan().SequenceEqual(weights), Is.EqualTo(!isRounded));
    }

    [Test]
    public void Round_OfASmallLayer_LeavesIt()
    {
        float[] weights = [0.1f, 0.2f, 0.3f, 0.4f];

        HalfPrecision.Round(weights, inputCount: 2);

        Assert.That(weights, Is.EqualTo([0.1f, 0.2f, 0.3f, 0.4f]));
        Assert.That(HalfPrecision.Holds([0.5f, 0.25f]), Is.False);
    }

    private static float[] Weights()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Inputs * Outputs).Select(_ => (random.NextSingle() - 0.5f) / 50)];
    }
}
