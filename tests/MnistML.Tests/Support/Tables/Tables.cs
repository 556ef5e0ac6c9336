using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>Small data sets made in code.</summary>
internal static class Tables
{
    /// <summary>
    /// Three squares in the plane, one for each class, with labels as keys of three values; they are 2 apart, and overlap if their side is
    /// more.
    /// </summary>
    public static IDataView Clusters(MLContext mlContext, int rows, int seed = 1, float spread = 1)
    {
        var random = new Random(seed);
        return mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(i => Point(i % 3, spread, random)).ToArray());
    }

    private static KeyedPoint Point(int label, float spread, Random random) => new()
    {
        Features = [(label == 1 ? 2 : 0) + (spread * random.NextSingle()), (label == 2 ? 2 : 0) + (spread * random.NextSingle())],
        Label = (uint)label,
    };
}

/// <summary>A point of a class.</summary>
internal sealed class KeyedPoint
{
    [VectorType(2)]
    public float[] Features { get; set; } = [];

    /// <summary>Zero-based on the way in, as ML.NET reads such a property.</summary>
    [KeyType(3)]
    public uint Label { get; set; }
}

/// <summary>A point of a class that has a name.</summary>
internal sealed class TextPoint
{
    [VectorType(2)]
    public float[] Features { get; set; } = [];

    public string Label { get; set; } = "";
}

/// <summary>A class's name, as a row of a table of them.</summary>
internal sealed record TextKey(string Name);
