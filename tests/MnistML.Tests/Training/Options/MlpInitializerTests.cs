using MnistML.Native;
using MnistML.Network;
using TorchSharp;

namespace MnistML.Tests.Training.Options;

internal sealed class MlpInitializerTests
{
    private const int FanIn = 400;
    private const int FanOut = 200;

    /// <summary>Of 80,000 draws the standard deviation is known to within some 0.4 %.</summary>
    private const double RelativeTolerance = 0.02;

    private static readonly TestCaseData[] UniformRules =
    [
        new TestCaseData(MlpInitializer.Default, 1 / Math.Sqrt(FanIn)).SetArgDisplayNames("Default"),
        new TestCaseData(MlpInitializer.XavierUniform, Math.Sqrt(6.0 / (FanIn + FanOut))).SetArgDisplayNames("XavierUniform"),
        new TestCaseData(MlpInitializer.KaimingUniform, Math.Sqrt(6.0 / FanIn)).SetArgDisplayNames("KaimingUniform"),
    ];

    private static readonly TestCaseData[] NormalRules =
    [
        new TestCaseData(MlpInitializer.Normal(0.01), 0.01).SetArgDisplayNames("Normal"),
        new TestCaseData(MlpInitializer.XavierNormal, Math.Sqrt(2.0 / (FanIn + FanOut))).SetArgDisplayNames("XavierNormal"),
        new TestCaseData(MlpInitializer.KaimingNormal, Math.Sqrt(2.0 / FanIn)).SetArgDisplayNames("KaimingNormal"),
    ];

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [TestCaseSource(nameof(UniformRules))]
    public void Initialize_ByAUniformRule_FillsTheRangeToItsBounds(MlpInitializer initializer, double bound)
    {
        var weights = Draw(initializer, seed: 3).Layers[0].Weights.ToArray();

        Assert.That(weights.Max(), Is.LessThanOrEqualTo(bound).And.GreaterThan(0.999 * bound));
        Assert.That(weights.Min(), Is.GreaterThanOrEqualTo(-bound).And.LessThan(-0.999 * bound));
        Assert.That(StandardDeviation(weights), Is.EqualTo(bound / Math.Sqrt(3)).Within(RelativeTolerance * bound));
        Assert.That(weights.Average(), Is.EqualTo(0).Within(RelativeTolerance * bound));
    }

    [TestCaseSource(nameof(NormalRules))]
    public void Initialize_ByANormalRule_HasItsStandardDeviation(MlpInitializer initializer, double standardDeviation)
    {
        var weights = Draw(initializer, seed: 3).Layers[0].Weights.ToArray();

        Assert.That(StandardDeviation(weights), Is.EqualTo(standardDeviation).Within(RelativeTolerance * standardDeviation));
        Assert.That(weights.Average(), Is.EqualTo(0).Within(RelativeTolerance * standardDeviation));
        Assert.That(
            weights.Count(weight => Math.Abs(weight) < standardDeviation) / (double)weights.Length, Is.EqualTo(0.6827).Within(0.01));
    }

    [Test]
    public void Initialize_ByAnyRule_DrawsBiasesFromPyTorchsDefault()
    {
        var biases = Draw(MlpInitializer.Normal(5), seed: 3).Layers[0].Biases.ToArray();
        var bound = 1 / Math.Sqrt(FanIn);

        Assert.That(biases.Max(), Is.LessThanOrEqualTo(bound).And.GreaterThan(0.9 * bound));
        Assert.That(biases.Min(), Is.GreaterThanOrEqualTo(-bound).And.LessThan(-0.9 * bound));
    }

    [Test]
    public void Initialize_WithASeed_IsRepeatableAndDiffersFromOtherSeeds()
    {
        var once = Draw(MlpInitializer.Default, seed: 3).Layers[0].Weights.ToArray();

        Assert.That(Draw(MlpInitializer.Default, seed: 3).Layers[0].Weights.ToArray(), Is.EqualTo(once));
        Assert.That(Draw(MlpInitializer.Default, seed: 4).Layers[0].Weights.ToArray(), Is.Not.EqualTo(once));
    }

    [Test]
    public void Equals_OfTheSameRule_ComparesTheStandardDeviation()
    {
        var rule = MlpInitializer.Normal(0.01);

        Assert.That(rule, Is.EqualTo(MlpInitializer.Normal(0.01)).And.Not.EqualTo(MlpInitializer.Normal(0.02)));
        Assert.That(MlpInitializer.Normal(0.01).ToString(), Is.EqualTo("Normal(0.01)"));
        Assert.That(MlpInitializer.XavierNormal.ToString(), Is.EqualTo("XavierNormal"));
    }

    private static MlpModelParameters Draw(MlpInitializer initializer, ulong seed)
    {
        using var network = new MlpNetwork(new MlpArchitecture(FanIn, [FanOut], 3));
        using var generator = new torch.Generator(seed);
        initializer.Initialize(network, generator);
        return network.ToModelParameters();
    }

    private static double StandardDeviation(float[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
