using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>A row of three features and one of four classes.</summary>
internal sealed class Example
{
    public int Id { get; set; }

    [VectorType(3)]
    public float[] Features { get; set; } = [];

    public string Class { get; set; } = "";

    /// <summary>Seven rows, the same for the same seed; the classes are met in the order dog, ant, cat, bee.</summary>
    public static IReadOnlyList<Example> Seven(int seed = 3)
    {
        string[] classes = ["dog", "ant", "cat", "bee"];
        var random = new Random(seed);
        return
        [
            .. Enumerable.Range(0, 7).Select(id => new Example
            {
                Id = id,
                Features = [.. Enumerable.Range(0, 3).Select(_ => (4 * random.NextSingle()) - 2)],
                Class = classes[id % classes.Length],
            }),
        ];
    }
}
