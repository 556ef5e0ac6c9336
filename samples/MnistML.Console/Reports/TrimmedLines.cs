using System.Text;

namespace MnistML.Samples.Reports;

/// <summary>Writes lines without the blanks at their ends, with which tables are filled up.</summary>
internal sealed class TrimmedLines(TextWriter writer) : TextWriter
{
    private int _heldBack;

    public override Encoding Encoding => writer.Encoding;

    public override void Write(char value)
    {
        if (value == ' ')
        {
            _heldBack++;
            return;
        }

        if (value is not ('\r' or '\n'))
        {
            writer.Write(new string(' ', _heldBack));
        }

        _heldBack = 0;
        writer.Write(value);
    }

    public override void Flush() => writer.Flush();
}
