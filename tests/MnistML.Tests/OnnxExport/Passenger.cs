using System.Text.Json;
using Microsoft.ML.Data;

namespace MnistML.Tests.OnnxExport;

/// <summary>A row of numbers, categories and text, with gaps, and a label for each task.</summary>
internal sealed class Passenger
{
    private static readonly string[] Cities = ["Rome", "Bern", "Graz", "Oslo"];
    private static readonly string[] Words = ["good", "slow", "fine", "late", "nice", "full", "warm", "loud", "cheap", "new"];

    /// <summary>NaN in one row of eight.</summary>
    public float Age { get; set; }

    public float Income { get; set; }

    public double Distance { get; set; }

    public int Visits { get; set; }

    /// <summary>Empty in one row of ten.</summary>
    public string City { get; set; } = "";

    public string Note { get; set; } = "";

    public bool IsMember { get; set; }

    [VectorType(3)]
    public float[] Sizes { get; set; } = [];

    public string Plan { get; set; } = "";

    public int Zone { get; set; }

    public bool Churned { get; set; }

    public float Spend { get; set; }

    /// <summary>Rows for a training: three cities and nine words, none of the notes empty.</summary>
    public static Passenger[] Train(int count) => Draw(count, seed: 1, cityCount: 3, wordCount: 9, minWords: 1);

    /// <summary>Others, with a city and a word that the training does not have, and with empty notes.</summary>
    public static Passenger[] Test(int count) => Draw(count, seed: 2, cityCount: 4, wordCount: 10, minWords: 0);

    /// <summary>All values of columns as JSON, NaN as text.</summary>
    public static string ToJson(IEnumerable<string> columns, IReadOnlyList<Passenger> rows) => JsonSerializer.Serialize(
        columns.ToDictionary(
            name => name,
            name => rows.Select(row => typeof(Passenger).GetProperty(name)!.GetValue(row)!)
                .SelectMany(value => value is float[] vector ? vector.Cast<object>() : [value])
                .Select(value => value is float.NaN ? "NaN" : value)));

    private static Passenger[] Draw(int count, int seed, int cityCount, int wordCount, int minWords)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => DrawOne(random, cityCount, wordCount, minWords))];
    }

    private static Passenger DrawOne(Random random, int cityCount, int wordCount, int minWords)
    {
        var (age, income) = (random.NextSingle() * 90, random.NextSingle());
        var city = random.Next(10) == 0 ? "" : Cities[random.Next(cityCount)];
        var note = string.Join(' ', Enumerable.Range(0, random.Next(minWords, 6)).Select(_ => Words[random.Next(wordCount)]));
        var score = (age / 30) + income + (city == "Rome" ? 1 : 0) + (note.Contains("good", StringComparison.Ordinal) ? 1 : 0);
        return new Passenger
        {
            Age = random.Next(8) == 0 ? float.NaN : age,
            Income = income,
            Distance = age * 3.3,
            Visits = random.Next(50),
            City = city,
            Note = note,
            IsMember = random.Next(2) == 0,
            Sizes = [income, age, age * income],
            Plan = score < 1.8 ? "basic" : score < 3.2 ? "plus" : "pro",
            Zone = score < 1.8 ? 10 : score < 3.2 ? 20 : 30,
            Churned = score > 2.5,
            Spend = score * 100,
        };
    }
}
