namespace MnistML.Benchmarks.Tabular;

/// <summary>Tables as they are met in practice, each difficult in one way.</summary>
internal static class HardTables
{
    /// <summary>Fisher's iris data of 1936, as in the tests: from the UCI repository, CC BY 4.0.</summary>
    public static Table Iris()
    {
        using var stream = typeof(HardTables).Assembly.GetManifestResourceStream("iris.csv")!;
        using var reader = new StreamReader(stream);
        return Table.Parse("iris", reader.ReadToEnd().Split('\n').Skip(1));
    }

    /// <summary>A few rows for each of many classes, each class a round cloud.</summary>
    public static Table ManyClasses(int classes, int rowsOfClass, int seed = 1)
    {
        const int Features = 16;
        const double Deviation = 0.7;
        var random = new Random(seed);
        double[][] centres = [.. Enumerable.Range(0, classes).Select(_ => random.NextNormals(Features))];
        int[] labels = [.. Enumerable.Range(0, classes * rowsOfClass).Select(row => row / rowsOfClass)];
        return new Table(
            $"{classes} classes of {rowsOfClass} rows",
            [.. labels.Select(label => centres[label].Select(value => (float)(value + (Deviation * random.NextNormal()))).ToArray())],
            labels);
    }

    /// <summary>
    /// Three categories of 5 to 100 values, one-hot. Each value has an effect of its own. Beside them are five numbers, of which two act
    /// together.
    /// </summary>
    public static Table OneHot(int rows, int seed = 1)
    {
        const int Numbers = 5;
        int[] sizes = [100, 30, 5];
        var random = new Random(seed);
        double[][] effects = [.. sizes.Select(size => random.NextNormals(size))];
        var (features, labels) = (new float[rows][], new int[rows]);
        for (var row = 0; row < rows; row++)
        {
            int[] values = [.. sizes.Select(size => random.Next(size))];
            var numbers = random.NextNormals(Numbers);
            var oneHot = sizes.SelectMany((size, i) => Enumerable.Range(0, size).Select(value => value == values[i] ? 1f : 0));
            features[row] = [.. oneHot, .. numbers.Select(value => (float)value)];
            var score = values.Select((value, i) => effects[i][value]).Sum() + (numbers[0] * numbers[1]);
            labels[row] = score + (0.5 * random.NextNormal()) > 0 ? 1 : 0;
        }

        return new Table($"one-hot {rows}x{features[0].Length}", features, labels);
    }

    /// <summary>Twelve normal numbers, five of which decide the class, not linearly. Then a function is applied to each number.</summary>
    public static Table Curved(string name, int rows, Func<double, double> change, int seed = 1)
    {
        const int Features = 12;
        const double Threshold = 0.8;
        var random = new Random(seed);
        double[][] points = [.. Enumerable.Range(0, rows).Select(_ => random.NextNormals(Features))];
        return new Table(
            $"{name} {rows}x{Features}",
            [.. points.Select(point => point.Select(value => (float)change(value)).ToArray())],
            [.. points.Select(z => (z[0] * z[1]) + (z[2] * z[2]) - (0.8 * z[3]) + (0.5 * z[4]) > Threshold ? 1 : 0)]);
    }
}
