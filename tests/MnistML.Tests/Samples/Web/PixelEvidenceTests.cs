using MnistML.Tests.Support;
using MnistML.Web.Explanation;

namespace MnistML.Tests.Samples.Web;

internal sealed class PixelEvidenceTests
{
    private static readonly float[] Features = [0.5f, -1, 0.25f, 2, 0, -0.75f];

    /// <summary>Against central differences of the difference of two logits, which plain loops compute.</summary>
    [Test]
    public void Compute_WithAnyActivation_IsTheInputTimesTheGradient([Values] MlpActivation activation, [Values(1, 3)] int members)
    {
        const int Label = 2, Against = 0;
        const float Step = 1f / 1024;
        var architecture = new MlpArchitecture(Features.Length, [7, 5], 3, activation);
        var model = members == 1 ? Networks.Random(architecture, seed: 3) : Networks.RandomEnsemble(architecture, members, seed: 3);

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
    public void CanExplain_WithAnEncoding_IsFalse()
    {
        var encoding = Networks.Encoding(Features.Length);
        var encoded = new MlpArchitecture(Features.Length, [3], 3, encodedSize: encoding.Columns.Count);

        Assert.That(PixelEvidence.CanExplain(Networks.Random(encoded, seed: 1, encoding)), Is.False);
        Assert.That(PixelEvidence.CanExplain(Networks.Random(new MlpArchitecture(Features.Length, [3], 3), seed: 1)), Is.True);
    }
}
