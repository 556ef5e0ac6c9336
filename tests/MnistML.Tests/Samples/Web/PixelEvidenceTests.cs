using MnistML.Tests.Support;
using MnistML.Web.Explanation;

namespace MnistML.Tests.Samples.Web;

internal sealed class PixelEvidenceTests
{
    private static readonly float[] Features = [0.5f, -1, 0.25f, 2, 0, -0.75f];

    /// <summary>Against central differences of the difference of two logits, which plain loops compute.</summary>
    [Test]
    public void Compute_WithAnyActivation_IsTheInputTimesTheGradient([Values] MlpActivation activation)
    {
        const int Label = 2, Against = 0;
        const float Step = 1f / 1024;
        var model = Networks.Random(new MlpArchitecture(Features.Length, [7, 5], 3, activation), seed: 3);

        var evidence = PixelEvidence.Compute(model, Features, Label, Against);

        for (var i = 0; i < Features.Length; i++)
        {
            var slope = (Difference(i, Step) - Difference(i, -Step)) / (2 * Step);
            Assert.That(evidence[i], Is.EqualTo(slope * Features[i]).Within(1e-3), $"input {i}");
        }

        double Difference(int input, float step)
        {
            float[] moved = [.. Features];
            moved[input] += step;
            double[] probabilities = [.. PlainNetwork.Probabilities(model, moved)];
            return Math.Log(probabilities[Label]) - Math.Log(probabilities[Against]);
        }
    }

    [Test]
    public void CanExplain_OfAnEnsemble_IsFalse()
    {
        var architecture = new MlpArchitecture(Features.Length, [3], 3);

        Assert.That(PixelEvidence.CanExplain(Networks.RandomEnsemble(architecture, members: 2, seed: 1)), Is.False);
        Assert.That(PixelEvidence.CanExplain(Networks.Random(architecture, seed: 1)), Is.True);
    }
}
