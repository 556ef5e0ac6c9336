using System.Globalization;
using System.Security;
using System.Text;
using MnistML.Tests.Support;

namespace MnistML.Benchmarks.Screenshots;

/// <summary>
/// Draws a terminal's screen as a picture. Words stand in their columns in every font. Rules, bars and half blocks are drawn as rectangles,
/// since fonts draw them with gaps.
/// </summary>
/// <param name="screen">What is on it.</param>
/// <param name="columns">Its width.</param>
/// <param name="title">What the window's title says.</param>
internal sealed class TerminalSvg(TerminalScreen screen, int columns, string title)
{
    private const double FontSize = 14;

    /// <summary>A little more than 0.6 of the font size, as in the usual fonts of terminals.</summary>
    private const double CellWidth = 8.43;

    /// <summary>An even number near two widths, so that half blocks are nearly square.</summary>
    private const double CellHeight = 18;

    /// <summary>From the top of a cell to the baseline of its letters.</summary>
    private const double Baseline = 13.5;

    private const double Margin = 14;
    private const double TitleHeight = 34;
    private const string Paper = "#1c1f26";
    private const string Ink = "#d8dce4";
    private const string DimInk = "#7d8590";

    private static readonly string[] Lights = ["#ff5f57", "#febc2e", "#28c840"];

    private readonly StringBuilder _svg = new();

    public override string ToString()
    {
        var lines = screen.Cells.Take(screen.Text.Split('\n').Length).ToArray();
        var (width, height) = ((columns * CellWidth) + (2 * Margin), TitleHeight + (lines.Length * CellHeight) + Margin);
        _svg.Clear();
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" width="{width:0}" height="{height:0}" viewBox="0 0 {width:0} {height:0}" """);
        Add($"""font-family="'DejaVu Sans Mono', 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace" """);
        Add($"""font-size="{FontSize}" fill="{Ink}">""");
        Add($"""{'\n'}<rect width="{width:0}" height="{height:0}" rx="8" fill="{Paper}"/>{'\n'}""");
        foreach (var (index, color) in Lights.Index())
        {
            Add($"""<circle cx="{Margin + 6 + (18 * index)}" cy="17" r="5" fill="{color}"/>""");
        }

        Add($"""{'\n'}<text x="{width / 2:0}" y="21.5" text-anchor="middle" font-size="12.5" fill="{DimInk}">""");
        Add($"""{SecurityElement.Escape(title)}</text>{'\n'}""");
        foreach (var (row, line) in lines.Index())
        {
            Draw(line, TitleHeight + (row * CellHeight));
        }

        return _svg.Append("</svg>\n").ToString();
    }

    private void Draw(IReadOnlyList<TerminalCell> line, double top)
    {
        for (var from = 0; from < line.Count;)
        {
            var to = from + 1;
            while (to < line.Count && BelongTogether(line, to))
            {
                to++;
            }

            var text = string.Concat(line.Skip(from).Take(to - from).Select(cell => cell.Character));
            DrawRun(line[from], text, Margin + (from * CellWidth), top);
            from = to;
        }
    }

    /// <summary>
    /// Words of one style with one blank between them make a run, and so do repeated characters that are drawn. A wider gap ends it.
    /// </summary>
    private static bool BelongTogether(IReadOnlyList<TerminalCell> line, int index)
    {
        var (before, here) = (line[index - 1], line[index]);
        return before.Style == here.Style
            && (before.Character == here.Character || !(IsDrawn(before.Character) || IsDrawn(here.Character) || IsWideGap(line, index)));
    }

    private static bool IsWideGap(IReadOnlyList<TerminalCell> line, int index) =>
        (line[index].Character == ' ' && (index + 1 == line.Count || line[index + 1].Character == ' ' || line[index - 1].Character == ' '))
        || (line[index - 1].Character == ' ' && (index == 1 || line[index - 2].Character == ' '));

    private static bool IsDrawn(char character) => character is '─' or '━' or '▀' or '╸' or '╺';

    private void DrawRun(TerminalCell cell, string text, double x, double top)
    {
        var width = text.Length * CellWidth;
        var style = cell.Style;
        if (style.Paper is { } paper)
        {
            AddRectangle(x, top, width, CellHeight, Hex(paper));
        }

        var ink = style.IsDim ? DimInk : style.Ink is { } color ? Hex(color) : Ink;
        switch (cell.Character)
        {
            case '─':
                AddRectangle(x, top + 8.5, width, 1, DimInk);
                break;
            case '━':
                AddRectangle(x, top + 7.5, width, 3, ink);
                break;
            case '╸':
                AddRectangle(x, top + 7.5, width / 2, 3, ink);
                break;
            case '╺':
                AddRectangle(x + (width / 2), top + 7.5, width / 2, 3, ink);
                break;
            case '▀':
                AddRectangle(x, top, width, CellHeight / 2, ink);
                break;
            case ' ' when string.IsNullOrWhiteSpace(text):
                break;
            default:
                var weight = style.IsBold ? " font-weight=\"bold\"" : "";
                var fill = ink == Ink ? "" : $" fill=\"{ink}\"";
                Add($"""<text x="{x:0.##}" y="{top + Baseline:0.##}" textLength="{width:0.##}" lengthAdjust="spacingAndGlyphs" """);
                Add($"""xml:space="preserve"{weight}{fill}>{SecurityElement.Escape(text)}</text>{'\n'}""");
                break;
        }
    }

    private void AddRectangle(double x, double y, double width, double height, string fill)
    {
        Add($"""<rect x="{x:0.##}" y="{y:0.##}" width="{width:0.##}" height="{height:0.##}" """);
        Add($"""fill="{fill}" shape-rendering="crispEdges"/>{'\n'}""");
    }

    private void Add(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture));

    private static string Hex(int color) => $"#{color:x6}";
}
