using System.Text;

namespace MnistML.Tests.Support;

/// <summary>
/// What a person sees of the characters that a program writes to a terminal: lines of at most so many columns, all of them, however far up.
/// Understands what consoles write: carriage return, line feed, cursor movements, erasing, colours.
/// </summary>
/// <param name="columns">The terminal's width.</param>
internal sealed class TerminalScreen(int columns)
{
    private const char Escape = '\e';

    private readonly List<List<TerminalCell>> _lines = [[]];
    private readonly SortedSet<int> _overflowing = [];
    private readonly StringBuilder _sequence = new();
    private int _row;
    private int _column;
    private TerminalStyle _style;

    /// <summary>Lines from the first one written to the last, without what is blank at their ends.</summary>
    public IReadOnlyList<string> Lines => [.. _lines.Select(line => string.Concat(line.Select(cell => cell.Character)).TrimEnd())];

    /// <summary>The same lines with their colours.</summary>
    public IReadOnlyList<IReadOnlyList<TerminalCell>> Cells => _lines;

    public string Text => string.Join('\n', Lines).TrimEnd('\n');

    /// <summary>Lines that were longer than the screen is wide; a terminal breaks them there, wherever that is.</summary>
    public IReadOnlyList<string> OverflowingLines => [.. _overflowing.Where(row => row < _lines.Count).Select(row => Lines[row])];

    /// <summary>Escape sequences of any kind.</summary>
    public int SequenceCount { get; private set; }

    /// <summary>Sequences that set a colour or another style.</summary>
    public int StyleCount { get; private set; }

    public bool IsCursorVisible { get; private set; } = true;

    public void Write(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            Write(character);
        }
    }

    private void Write(char character)
    {
        if (_sequence.Length > 0 || character == Escape)
        {
            _sequence.Append(character);
            if (IsComplete())
            {
                Obey(_sequence.ToString());
                _sequence.Clear();
            }

            return;
        }

        switch (character)
        {
            case '\r':
                _column = 0;
                break;
            case '\n':
                MoveTo(_row + 1, _column);
                break;
            case '\b':
                _column = Math.Max(0, _column - 1);
                break;
            case >= ' ':
                Print(character);
                break;
        }
    }

    private void Print(char character)
    {
        if (_column == columns)
        {
            _overflowing.Add(_row);
            MoveTo(_row + 1, 0);
        }

        var line = _lines[_row];
        while (line.Count <= _column)
        {
            line.Add(new TerminalCell(' ', default));
        }

        line[_column++] = new TerminalCell(character, _style);
    }

    /// <summary>ESC [ … ends with a letter or such; any other sequence is two characters long.</summary>
    private bool IsComplete() =>
        _sequence.Length >= 2 && (_sequence[1] != '[' || (_sequence.Length > 2 && _sequence[^1] is >= '@' and <= '~'));

    private void Obey(string sequence)
    {
        SequenceCount++;
        var parameters = sequence.Length > 2 ? sequence[2..^1] : "";
        var number = int.TryParse(parameters, out var given) ? given : 1;
        switch (sequence[1] == '[' ? sequence[^1] : Escape)
        {
            case 'm':
                StyleCount++;
                _style = _style.With(parameters);
                break;
            case 'A':
                MoveTo(Math.Max(0, _row - number), _column);
                break;
            case 'B':
                MoveTo(_row + number, _column);
                break;
            case 'C':
                _column = Math.Min(columns - 1, _column + number);
                break;
            case 'D':
                _column = Math.Max(0, _column - number);
                break;
            case 'G':
                _column = number - 1;
                break;
            case 'K':
                Erase(parameters == "2" ? 0 : _column);
                break;
            case 'J':
                Erase(_column);
                _lines.RemoveRange(_row + 1, _lines.Count - _row - 1);
                break;
            case 'h' or 'l' when parameters == "?25":
                IsCursorVisible = sequence[^1] == 'h';
                break;
        }
    }

    private void Erase(int from) => _lines[_row].RemoveRange(Math.Min(_lines[_row].Count, from), Math.Max(0, _lines[_row].Count - from));

    private void MoveTo(int row, int column)
    {
        while (_lines.Count <= row)
        {
            _lines.Add([]);
        }

        (_row, _column) = (row, column);
    }
}
