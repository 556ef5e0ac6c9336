namespace MnistML.Tests.Support;

/// <summary>Networks with random weights, without training.</summary>
internal static class Networks
{
    /// <summary>Two bins of the first feature, one of the last, and all features but the first themselves.</summary>
    public static MlpEncoding Encoding(int featureCount) => new(
        featureCount,
        [
            .. Enumerable.Range(1, featureCount - 1).Select(feature => new MlpEncodedColumn(feature)),
            new MlpEncodedColumn(0, -0.75f, 0.125f),
            new MlpEncodedColumn(0, 0.125f, 0.5f),
            new MlpEncodedColumn(featureCount - 1, -0.25f, 0.75f),
        ]);

    /// <summary>An ensemble of such networks.</summary>
    public static MlpModelParameters RandomEnsemble(MlpArchitecture ofMember, int members, int seed, MlpEncoding? encoding = null) =>
        new([.. Enumerable.Range(0, members).Select(member => Random(ofMember, seed + member, encoding))]);

    /// <summary>Weights and biases from -1 to 1, the same for the same seed.</summary>
    public static MlpModelParameters Random(MlpArchitecture architecture, int seed, MlpEncoding? encoding = null)
    {
        var random = new Random(seed);
        return new MlpModelParameters(
            architecture,
            [
                .. architecture.Layers.Select(
                    shape => new MlpLayerParameters(shape, Values((int)shape.WeightCount), Values(shape.OutputSize))),
            ],
            encoding);

        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];
    }
}
