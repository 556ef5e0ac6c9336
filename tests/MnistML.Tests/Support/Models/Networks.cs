namespace MnistML.Tests.Support;

/// <summary>Networks with random weights, without training.</summary>
internal static class Networks
{
    /// <summary>Weights and biases from -1 to 1, the same for the same seed.</summary>
    public static MlpModelParameters Random(MlpArchitecture architecture, int seed)
    {
        var random = new Random(seed);
        return new MlpModelParameters(
            architecture,
            [
                .. architecture.Layers.Select(
                    shape => new MlpLayerParameters(shape, Values((int)shape.WeightCount), Values(shape.OutputSize))),
            ]);

        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
