namespace MnistML.Tests.Model;

public sealed class MlpModelParametersTests
{
    private static readonly MlpArchitecture Architecture = new(3, [2], 4);

    [Test]
    public void Constructor_LayersOfTheArchitecture_KeepsThem()
    {
        MlpLayerParameters[] layers =
        [
            new(new MlpLayerShape(3, 2), new float[6], new float[2]),
            new(new MlpLayerShape(2, 4), new float[8], new float[4]),
        ];

        var model = new MlpModelParameters(Architecture, layers);

        Assert.That(model.Architecture, Is.SameAs(Architecture));
        Assert.That(model.Layers, Is.EqualTo(layers));
    }

    [Test]
    public void Constructor_LayersOfAnotherArchitecture_Throws()
    {
        MlpLayerParameters[] layers = [new(new MlpLayerShape(2, 3), new float[6], new float[3])];

        Assert.That(
            () => new MlpModelParameters(Architecture, layers),
            Throws.ArgumentException.With.Message.EqualTo(
                "The layers MlpLayerShape { InputSize = 2, OutputSize = 3, WeightCount = 6, ParameterCount = 9 } are not those of 3-2-4."));
    }

    [Test]
    public void LayerConstructor_Values_AreKept()
    {
        var layer = new MlpLayerParameters(new MlpLayerShape(3, 2), [1, 2, 3, 4, 5, 6], [7, 8]);

        Assert.That(layer.Shape, Is.EqualTo(new MlpLayerShape(3, 2)));
        Assert.That(layer.Weights.ToArray(), Is.EqualTo(new float[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(layer.Biases.ToArray(), Is.EqualTo(new float[] { 7, 8 }));
    }

    [TestCase(5, 2)]
    [TestCase(6, 3)]
    public void LayerConstructor_OtherNumberOfValues_Throws(int weightCount, int biasCount) => Assert.That(
        () => new MlpLayerParameters(new MlpLayerShape(3, 2), new float[weightCount], new float[biasCount]),
        Throws.ArgumentException.With.Message.EqualTo(
            $"A layer of 3 inputs and 2 outputs has 6 weights and 2 biases, but {weightCount} and {biasCount} were given."));

    [Test]
    public void LayerShape_Counts_AreThoseOfAMatrixAndAVector()
    {
        var shape = new MlpLayerShape(3, 2);

        Assert.That(shape.WeightCount, Is.EqualTo(6));
        Assert.That(shape.ParameterCount, Is.EqualTo(8));
    }
}
