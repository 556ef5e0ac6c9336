using System.Text.RegularExpressions;

namespace MnistML.Tests.Support;

/// <summary>The part of Markdown that this repository's documents use.</summary>
internal static partial class Markdown
{
    private const string Fence = "```";

    /// <summary>What links and pictures outside of code point to.</summary>
    public static IReadOnlyList<string> LinksIn(string document) =>
        [.. Link().Matches(InlineCode().Replace(WithoutBlocks(document), "")).Select(match => match.Groups["target"].Value)];

    /// <summary>
    /// The anchors of a document's headings, as GitHub makes them: lower case, hyphens for spaces, no punctuation, numbered where they
    /// repeat.
    /// </summary>
    public static IReadOnlyList<string> AnchorsIn(string document)
    {
        var counts = new Dictionary<string, int>();
        var anchors = new List<string>();
        foreach (Match heading in Heading().Matches(WithoutBlocks(document)))
        {
            var text = Link().Replace(heading.Groups["text"].Value, match => match.Groups["text"].Value);
            var anchor = NotOfAnchors().Replace(text.Trim().ToLowerInvariant(), "").Replace(' ', '-');
            var count = counts[anchor] = counts.GetValueOrDefault(anchor) + 1;
            anchors.Add(count == 1 ? anchor : $"{anchor}-{count - 1}");
        }

        return anchors;
    }

    /// <summary>The document's fenced blocks.</summary>
    public static IEnumerable<MarkdownBlock> BlocksIn(string document)
    {
        var lines = document.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
            {
                continue;
            }

            var end = Array.FindIndex(lines, i + 1, line => line.TrimEnd() == Fence);
            yield return new MarkdownBlock(
                lines[i][Fence.Length..].Trim(), LineBefore(lines, i), i + 2, string.Join('\n', lines[(i + 1)..end]));
            i = end;
        }
    }

    /// <summary>The last line with text before a block, where a comment for it may be.</summary>
    private static string LineBefore(string[] lines, int fence) =>
        lines[..fence].LastOrDefault(line => line.Trim().Length > 0)?.Trim() ?? "";

    private static string WithoutBlocks(string document) => Blocks().Replace(document.ReplaceLineEndings("\n"), "");

    [GeneratedRegex(@"^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"!?\[(?<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?<target>[^()\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}_\- ]")]
    private static partial Regex NotOfAnchors();
}

/// <summary>A fenced block.</summary>
/// <param name="Language">The text after the opening fence.</param>
/// <param name="LineBefore">The last line with text in front of it.</param>
/// <param name="FirstLine">The number of its first line in the document, from 1.</param>
/// <param name="Text">Its lines.</param>
internal sealed record MarkdownBlock(string Language, string LineBefore, int FirstLine, string Text);
