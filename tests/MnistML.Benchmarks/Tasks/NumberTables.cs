using MnistML.Benchmarks.Tabular;

namespace MnistML.Benchmarks.Tasks;

/// <summary>
/// Tables for regression, each drawn from a seed: with the distributions of scikit-learn's generators of the same names, and one of a noise
/// that grows.
/// </summary>
internal static class NumberTables
{
    /// <summary><c>make_friedman1</c>: ten uniform features, five of which count, one product among them (Friedman, 1991).</summary>
    public static NumberTable Friedman1(int rows, double noise, int seed = 1)
    {
        const int Features = 10;
        return Draw($"friedman1 {rows}", rows, noise, seed, random =>
        {
            double[] x = [.. Enumerable.Range(0, Features).Select(_ => random.NextDouble())];
            var centred = x[2] - 0.5;
            return (x, (10 * Math.Sin(Math.PI * x[0] * x[1])) + (20 * centred * centred) + (10 * x[3]) + (5 * x[4]));
        });
    }

    /// <summary><c>make_friedman2</c>: the impedance of a circuit by four features of very different ranges.</summary>
    public static NumberTable Friedman2(int rows, double noise, int seed = 1) =>
        Draw($"friedman2 {rows}", rows, noise, seed, random =>
        {
            var x = DrawCircuit(random);
            return (x, Math.Sqrt((x[0] * x[0]) + (Reactance(x) * Reactance(x))));
        });

    /// <summary><c>make_friedman3</c>: the phase of the same circuit.</summary>
    public static NumberTable Friedman3(int rows, double noise, int seed = 1) =>
        Draw($"friedman3 {rows}", rows, noise, seed, random =>
        {
            var x = DrawCircuit(random);
            return (x, Math.Atan(Reactance(x) / x[0]));
        });

    /// <summary><c>make_regression</c>: a sum of the first few of many normal features, by factors up to 100.</summary>
    public static NumberTable Linear(int rows, int features, int informative, double noise, int seed = 1)
    {
        const double MaxFactor = 100;
        var ofFactors = new Random(seed);
        double[] factors = [.. Enumerable.Range(0, informative).Select(_ => MaxFactor * ofFactors.NextDouble())];
        return Draw($"regression {rows}x{features}", rows, noise, seed + 1, random =>
        {
            var x = random.NextNormals(features);
            return (x, factors.Select((factor, i) => factor * x[i]).Sum());
        });
    }

    /// <summary><c>make_swiss_roll</c>: a sheet that is rolled up in three dimensions; the label is the place along the roll.</summary>
    public static NumberTable SwissRoll(int rows, double noise, int seed = 1)
    {
        const double Width = 21;
        return Draw($"swiss_roll {rows}", rows, noise: 0, seed, random =>
        {
            var angle = 1.5 * Math.PI * (1 + (2 * random.NextDouble()));
            double[] point = [angle * Math.Cos(angle), Width * random.NextDouble(), angle * Math.Sin(angle)];
            return ([.. point.Select(value => value + (noise * random.NextNormal()))], angle);
        });
    }

    /// <summary>A sine of one feature, with a noise that grows from left to right to five times itself.</summary>
    public static NumberTable GrowingNoise(int rows, int seed = 1) =>
        Draw($"sine with growing noise {rows}", rows, noise: 0, seed, random =>
        {
            var x = random.NextDouble();
            return ([x], Math.Sin(2 * Math.PI * x) + ((0.1 + (0.4 * x)) * random.NextNormal()));
        });

    private static double[] DrawCircuit(Random random) =>
    [
        100 * random.NextDouble(),
        (40 * Math.PI) + (520 * Math.PI * random.NextDouble()),
        random.NextDouble(),
        1 + (10 * random.NextDouble()),
    ];

    private static double Reactance(double[] circuit) => (circuit[1] * circuit[2]) - (1 / (circuit[1] * circuit[3]));

    private static NumberTable Draw(string name, int rows, double noise, int seed, Func<Random, (double[] Point, double Value)> draw)
    {
        var random = new Random(seed);
        var (features, labels) = (new float[rows][], new float[rows]);
        for (var row = 0; row < rows; row++)
        {
            var (point, value) = draw(random);
            features[row] = Array.ConvertAll(point, coordinate => (float)coordinate);
            labels[row] = (float)(value + (noise * random.NextNormal()));
        }

        return new NumberTable(name, features, labels);
    }
}
