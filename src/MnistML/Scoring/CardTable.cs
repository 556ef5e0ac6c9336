namespace MnistML.Scoring;

/// <summary>A table of a model's card.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Header">The headings of its columns.</param>
/// <param name="Rows">The cells of each row.</param>
internal sealed record CardTable(string Title, string[] Header, IReadOnlyList<string[]> Rows)
{
    /// <summary>As lines of plain text: the heading, then aligned columns with two blanks between them.</summary>
    public IEnumerable<string> ToText()
    {
        string[][] all = Header.All(name => name.Length == 0) ? [.. Rows] : [Header, .. Rows];
        int[] widths = [.. Enumerable.Range(0, Header.Length).Select(column => all.Max(row => row[column].Length))];
        return all.Select(row => "  " + string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd())
            .Prepend(Title);
    }

    /// <summary>As lines of Markdown.</summary>
    public IEnumerable<string> ToMarkdown() =>
    [
        $"## {Title}",
        "",
        Line(Header),
        Line([.. Header.Select(_ => "---")]),
        .. Rows.Select(Line),
    ];

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells.Select(Escape))} |";

    private static string Escape(string cell) => cell.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");
}
