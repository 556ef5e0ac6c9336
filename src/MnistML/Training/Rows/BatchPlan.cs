namespace MnistML.Training.Rows;

/// <summary>How the rows of an epoch make batches: all of one size but the last, which holds what is left.</summary>
/// <param name="RowCount">Rows of an epoch, at least 1.</param>
/// <param name="BatchSize">Rows of a batch, at least 1.</param>
/// <param name="JoinsSingleRow">Whether a last batch of a single row joins the one before it, where there is one.</param>
internal sealed record BatchPlan(long RowCount, int BatchSize, bool JoinsSingleRow)
{
    public int BatchCount => checked((int)((RowCount / BatchSize) + (HasSmallerLast ? 1 : 0)));

    /// <summary>Rows of the largest batch.</summary>
    public int Capacity => (int)Math.Min(RowCount, BatchSize + (JoinsSingleRow ? 1L : 0));

    private bool HasSmallerLast => RowCount % BatchSize is var rest && (JoinsSingleRow && RowCount > BatchSize ? rest > 1 : rest > 0);

    /// <summary>Rows of a batch, by its zero-based index.</summary>
    public int SizeOf(int batch) => batch < BatchCount - 1 ? BatchSize : checked((int)(RowCount - ((long)(BatchCount - 1) * BatchSize)));
}
