using Microsoft.ML.Data;

namespace MnistML.Benchmarks.Text;

/// <summary>
/// Texts of drawn words. Words are as frequent as in a language (Zipf's law), and each topic prefers some of them, so that no single word
/// tells the topic.
/// </summary>
internal sealed class DrawnTexts
{
    private const int WordsOfText = 60;
    private const int WordCount = 40_000;
    private const int WordsOfTopic = 4_000;
    private const double ShareOfTopic = 0.25;
    private const string Consonants = "bcdfghjklmnprstvwz";
    private const string Vowels = "aeiou";

    private readonly Random _random;
    private readonly string[] _words;

    public DrawnTexts(int seed)
    {
        _random = new Random(seed);
        _words = [.. Enumerable.Range(0, WordCount).Select(_ => Word())];
    }

    /// <summary>Draws texts of topics.</summary>
    public DrawnText[] Draw(int count, int topics) => [.. Enumerable.Range(0, count).Select(_ => Text(_random.Next(topics)))];

    private DrawnText Text(int topic)
    {
        var words = Enumerable.Range(0, WordsOfText).Select(_ => _words[_random.NextDouble() < ShareOfTopic
            ? ((topic * WordsOfTopic) + (Rank(WordsOfTopic) * 7)) % WordCount
            : Rank(WordCount)]);
        return new DrawnText { Topic = $"topic {topic}", Words = string.Join(' ', words) };
    }

    /// <summary>A rank whose frequency is inverse to it.</summary>
    private int Rank(int count) => (int)Math.Pow(count, _random.NextDouble()) - 1;

    private string Word() => string.Concat(
        Enumerable.Range(0, _random.Next(2, 5))
            .Select(_ => $"{Consonants[_random.Next(Consonants.Length)]}{Vowels[_random.Next(Vowels.Length)]}"));
}

/// <summary>A text, and what it is about.</summary>
internal sealed class DrawnText
{
    public string Words { get; set; } = "";

    public string Topic { get; set; } = "";
}

/// <summary>A prediction of which only the scores are read.</summary>
internal sealed class TextScores
{
    [ColumnName("Score")]
    public float[] Scores { get; set; } = [];
}
