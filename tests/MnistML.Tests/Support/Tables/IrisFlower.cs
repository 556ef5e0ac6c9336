using System.Globalization;
using Microsoft.ML;

namespace MnistML.Tests.Support;

/// <summary>A flower of R. A. Fisher's table of 1936: 150 of three species, 50 of each, in centimetres.</summary>
internal sealed class IrisFlower
{
    public float SepalLength { get; set; }

    public float SepalWidth { get; set; }

    public float PetalLength { get; set; }

    public float PetalWidth { get; set; }

    public string Species { get; set; } = "";

    public static IDataView Load(MLContext mlContext)
    {
        using var stream = typeof(IrisFlower).Assembly.GetManifestResourceStream("iris.csv")!;
        using var reader = new StreamReader(stream);
        return mlContext.Data.LoadFromEnumerable(
            reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(Parse).ToArray());
    }

    private static IrisFlower Parse(string line)
    {
        var parts = line.Split(',');
        float[] numbers = [.. parts[..4].Select(part => float.Parse(part, CultureInfo.InvariantCulture))];
        return new IrisFlower
        {
            SepalLength = numbers[0],
            SepalWidth = numbers[1],
            PetalLength = numbers[2],
            PetalWidth = numbers[3],
            Species = parts[4],
        };
    }
}
