using System.Text.RegularExpressions;
using MnistML.Tests.Support;

namespace MnistML.Tests.Conventions;

/// <summary>
/// Checks that no line of a source or document is longer than 140 columns. In Markdown, tables and fenced code may be longer. Images, URLs
/// and the targets of links do not count there, since they cannot be broken.
/// </summary>
internal sealed partial class LineLengthTests
{
    private const int MaxColumns = 140;
    private const string Fence = "```";

    [Test]
    public void Lines_OfAllSources_AreShortEnough() =>
        Assert.That(Repository.Sources.SelectMany(file => Describe(file, LongLinesOfCode)), Is.Empty);

    [Test]
    public void Lines_OfAllDocuments_AreShortEnough() =>
        Assert.That(Repository.Documents.SelectMany(file => Describe(file, LongLinesOfMarkdown)), Is.Empty);

    [TestCase("// ", 137, "", ExpectedResult = 0)]
    [TestCase("// ", 138, "", ExpectedResult = 1)]
    [TestCase("// https://example.com/", 140, "", ExpectedResult = 1)]
    [TestCase("| ", 140, "", ExpectedResult = 1)]
    public int LongLinesOfCode_OfALine_AreThoseOverTheLimit(string before, int length, string after) =>
        LongLinesOfCode(Text(before, length, after)).Count();

    [TestCase("", 140, "", ExpectedResult = 0)]
    [TestCase("", 141, "", ExpectedResult = 1)]
    [TestCase("| ", 141, " |", ExpectedResult = 0)]
    [TestCase("```\n", 141, "\n```", ExpectedResult = 0)]
    [TestCase("```\ncode\n```\n", 141, "", ExpectedResult = 1)]
    [TestCase("![", 141, "](a.png)", ExpectedResult = 0)]
    [TestCase("<img alt=\"", 141, "\">", ExpectedResult = 0)]
    [TestCase("https://example.com/", 141, "", ExpectedResult = 0)]
    [TestCase("[text](", 141, ".md)", ExpectedResult = 0)]
    [TestCase("[", 141, "](a.md)", ExpectedResult = 1)]
    [TestCase("- [text](a.md): ", 141, "", ExpectedResult = 1)]
    public int LongLinesOfMarkdown_OfALine_AreThoseOverTheLimit(string before, int length, string after) =>
        LongLinesOfMarkdown(Text(before, length, after)).Count();

    private static string Text(string before, int length, string after) => $"first\n{before}{new string('x', length)}{after}\nlast\n";

    private static IEnumerable<string> Describe(string file, Func<string, IEnumerable<(int Number, int Columns)>> longLinesOf) =>
        longLinesOf(Repository.Read(file)).Select(line => $"{file}:{line.Number} has {line.Columns} columns");

    private static IEnumerable<(int Number, int Columns)> LongLinesOfCode(string text) =>
        LinesOf(text).Select((line, index) => (Number: index + 1, Columns: line.Length)).Where(line => line.Columns > MaxColumns);

    private static IEnumerable<(int Number, int Columns)> LongLinesOfMarkdown(string text)
    {
        var isInCode = false;
        foreach (var (index, line) in LinesOf(text).Index())
        {
            var isFence = line.TrimStart().StartsWith(Fence, StringComparison.Ordinal);
            isInCode ^= isFence;
            var columns = Unbreakable().Replace(line, "").Length;
            if (columns > MaxColumns && !isFence && !isInCode && !line.StartsWith('|'))
            {
                yield return (index + 1, columns);
            }
        }
    }

    private static string[] LinesOf(string text) => text.ReplaceLineEndings("\n").Split('\n');

    /// <summary>Images, the targets of links, and other URLs.</summary>
    [GeneratedRegex(@"!\[[^\]]*\]\([^)]*\)|<img\b[^>]*>|(?<=\])\([^)]*\)|https?://\S+")]
    private static partial Regex Unbreakable();
}
