namespace MnistML.Benchmarks.Tabular;

/// <summary>Tables with the distributions of scikit-learn's generators of the same names, each drawn from a seed.</summary>
internal static class ScikitTables
{
    /// <summary>
    /// <c>make_classification</c>: sheared clouds at the corners of a cube, two for each class. Then follow linear mixtures of these
    /// features, and then noise.
    /// </summary>
    public static Table Classification(
        int rows,
        int features = 20,
        int informative = 2,
        int redundant = 2,
        int classes = 2,
        double flip = 0.01,
        double separation = 1,
        double rareShare = 0,
        int seed = 1)
    {
        const int CloudsOfClass = 2;
        var random = new Random(seed);
        var cube = DrawCorners(random, informative, classes * CloudsOfClass);
        double[][] corners = [.. cube.Select(corner => Array.ConvertAll(corner, side => side * separation))];
        double[][][] shears = [.. corners.Select(_ => DrawMatrix(random, informative, informative))];
        var mixture = DrawMatrix(random, informative, redundant);
        var name = $"classification {rows}x{features}, {classes} classes" + (rareShare > 0 ? $", {rareShare:P0} rare" : "");
        return Draw(name, rows, random, () =>
        {
            var label = rareShare > 0 ? random.NextDouble() < rareShare ? 1 : 0 : random.Next(classes);
            var cloud = (label * CloudsOfClass) + random.Next(CloudsOfClass);
            var sheared = Multiply(random.NextNormals(informative), shears[cloud]);
            double[] point = [.. sheared.Zip(corners[cloud], (value, corner) => value + corner)];
            double[] all = [.. point, .. Multiply(point, mixture), .. random.NextNormals(features - informative - redundant)];
            return (all, random.NextDouble() < flip ? random.Next(classes) : label);
        });
    }

    /// <summary><c>make_moons</c>: two half circles that reach into each other.</summary>
    public static Table Moons(int rows, double noise, int seed = 1)
    {
        var random = new Random(seed);
        return Draw($"moons {rows}", rows, random, () =>
        {
            var (label, angle) = (random.Next(2), Math.PI * random.NextDouble());
            var (x, y) = label == 0 ? (Math.Cos(angle), Math.Sin(angle)) : (1 - Math.Cos(angle), 0.5 - Math.Sin(angle));
            return ([x + (noise * random.NextNormal()), y + (noise * random.NextNormal())], label);
        });
    }

    /// <summary><c>make_circles</c>: a circle in another.</summary>
    public static Table Circles(int rows, double noise, double factor, int seed = 1)
    {
        var random = new Random(seed);
        return Draw($"circles {rows}", rows, random, () =>
        {
            var (label, angle) = (random.Next(2), 2 * Math.PI * random.NextDouble());
            var radius = label == 0 ? 1 : factor;
            var (x, y) = (radius * Math.Cos(angle), radius * Math.Sin(angle));
            return ([x + (noise * random.NextNormal()), y + (noise * random.NextNormal())], label);
        });
    }

    /// <summary><c>make_gaussian_quantiles</c>: one cloud, cut into shells of equal numbers of rows.</summary>
    public static Table GaussianQuantiles(int rows, int features, int classes, int seed = 1)
    {
        var random = new Random(seed);
        var points = Enumerable.Range(0, rows).Select(_ => random.NextNormals(features))
            .OrderBy(point => point.Sum(value => value * value));
        return new Table(
            $"gaussian_quantiles {rows}x{features}, {classes} classes",
            [.. points.Select(ToSingles)],
            [.. Enumerable.Range(0, rows).Select(row => (int)((long)row * classes / rows))]);
    }

    /// <summary>
    /// <c>make_hastie_10_2</c>: whether ten squares sum to more than 9.34 (Hastie, Tibshirani and Friedman, 2009, example 10.2).
    /// </summary>
    public static Table Hastie(int rows, int seed = 1)
    {
        const int Features = 10;
        const double Median = 9.34;
        var random = new Random(seed);
        return Draw($"hastie_10_2 {rows}", rows, random, () =>
        {
            var point = random.NextNormals(Features);
            return (point, point.Sum(value => value * value) > Median ? 1 : 0);
        });
    }

    /// <summary><c>make_blobs</c>: a round cloud for each class.</summary>
    public static Table Blobs(int rows, int features, int classes, double deviation, int seed = 1)
    {
        const double Max = 10;
        var random = new Random(seed);
        var centres = DrawMatrix(random, classes, features);
        return Draw($"blobs {rows}x{features}, {classes} classes", rows, random, () =>
        {
            var label = random.Next(classes);
            return ([.. centres[label].Select(value => (Max * value) + (deviation * random.NextNormal()))], label);
        });
    }

    private static Table Draw(string name, int rows, Random random, Func<(double[] Point, int Label)> draw)
    {
        (double[] Point, int Label)[] drawn = [.. Enumerable.Range(0, rows).Select(_ => draw())];
        return new Table(name, [.. drawn.Select(row => ToSingles(row.Point))], [.. drawn.Select(row => row.Label)]);
    }

    private static float[] ToSingles(double[] point) => Array.ConvertAll(point, value => (float)value);

    /// <summary>Different corners of the cube from -1 to 1.</summary>
    private static double[][] DrawCorners(Random random, int dimensions, int count)
    {
        var corners = new HashSet<string>();
        while (corners.Count < count)
        {
            corners.Add(string.Concat(Enumerable.Range(0, dimensions).Select(_ => random.Next(2))));
        }

        return [.. corners.Select(corner => corner.Select(side => side == '1' ? 1.0 : -1).ToArray())];
    }

    private static double[][] DrawMatrix(Random random, int rows, int columns) =>
        [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, columns).Select(_ => random.NextSigned()).ToArray())];

    private static double[] Multiply(double[] point, double[][] matrix) =>
        [.. Enumerable.Range(0, matrix[0].Length).Select(column => point.Select((value, row) => value * matrix[row][column]).Sum())];
}
