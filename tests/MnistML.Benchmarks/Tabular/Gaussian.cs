namespace MnistML.Benchmarks.Tabular;

/// <summary>Normal numbers (Box and Muller, 1958).</summary>
internal static class Gaussian
{
    public static double NextNormal(this Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static double[] NextNormals(this Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextNormal())];

    /// <summary>Uniform from -1 to 1.</summary>
    public static double NextSigned(this Random random) => (2 * random.NextDouble()) - 1;
}
