using MnistML.Scoring;

namespace MnistML;

/// <summary>
/// What a model is and where it comes from: task, columns, classes, architecture, options of the training, rows, metrics by epoch, and the
/// versions of the libraries that trained it. It has no times, so that the same training has the same card.
/// </summary>
public sealed class MlpModelCard
{
    private readonly string _title;
    private readonly IReadOnlyList<CardTable> _tables;

    internal MlpModelCard(string title, IReadOnlyList<CardTable> tables) => (_title, _tables) = (title, tables);

    /// <summary>The card as plain text, with aligned columns.</summary>
    public string Text => string.Join('\n', [_title, .. _tables.SelectMany(table => table.ToText().Prepend("").ToArray())]);

    /// <summary>The card as a document in Markdown: a heading, and a table for each part.</summary>
    public string Markdown => string.Join('\n', [$"# {_title}", .. _tables.SelectMany(table => table.ToMarkdown().Prepend(""))]) + "\n";

    /// <summary>The part of the card that says what the model is, as lines of plain text: its first table.</summary>
    public IReadOnlyList<string> Summary => [.. _tables[0].ToText().Skip(1)];

    /// <summary><see cref="Text"/>.</summary>
    public override string ToString() => Text;
}
