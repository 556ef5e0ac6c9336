namespace MnistML.OnnxExport.Verification;

/// <summary>Rows that are scored together.</summary>
/// <param name="Start">The zero-based first row.</param>
/// <param name="Count">How many.</param>
internal readonly record struct RowRange(int Start, int Count)
{
    public override string ToString() => Count == 1
        ? FormattableString.Invariant($"Row {Start} by itself")
        : FormattableString.Invariant($"All {Count} rows in one batch");
}
