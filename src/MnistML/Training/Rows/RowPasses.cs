using MnistML.Common;
using MnistML.Network.Losses;
using MnistML.Training.Sampling;

namespace MnistML.Training.Rows;

/// <summary>
/// Passes over a source: over all its rows, or those of them that a split sets aside or leaves. The rows of a pass may be dealt into folds.
/// </summary>
/// <param name="Source">The source of the rows.</param>
/// <param name="RowCount">The number of rows of a pass when they were counted.</param>
internal sealed record RowPasses(IRowSource Source, long RowCount)
{
    /// <summary>The split that sets rows aside; null for none.</summary>
    public StratifiedSplit? Split { get; init; }

    /// <summary>Whether these are the rows that are set aside, or the others.</summary>
    public bool IsValidation { get; init; }

    /// <summary>Makes the dealer that deals rows into folds in each pass; null for no folds.</summary>
    public Func<FoldDealer>? CreateDealer { get; init; }

    /// <summary>
    /// Begins a pass. The split and the folds depend on the rows' order, so with one of them the source must not shuffle.
    /// </summary>
    public IRowReader Open(ulong? shuffleSeed)
    {
        var reader = Source.Open(Split is null && CreateDealer is null ? shuffleSeed : null);
        reader = Split is null ? reader : new SplitReader(reader, Split.Begin(), IsValidation);
        return CreateDealer is null ? reader : new DealingReader(reader, CreateDealer());
    }

    /// <summary>What is thrown where a pass gives another number of rows.</summary>
    public InvalidOperationException CountChanged() => new(
        $"The {Source.Name} gave {RowCount} rows with labels at first, and another number when they were read again. "
        + "Its rows must be the same at each pass; mlContext.Data.Cache makes them so.");

    private sealed class SplitReader(IRowReader reader, Func<int, bool> isSetAside, bool isValidation) : IRowReader
    {
        public bool Read(out RowFeatures features, out Target target)
        {
            while (reader.Read(out features, out target))
            {
                if (isSetAside(target.Class) == isValidation)
                {
                    return true;
                }
            }

            return false;
        }

        public void Dispose() => reader.Dispose();
    }

    private sealed class DealingReader(IRowReader reader, FoldDealer dealer) : IRowReader
    {
        public bool Read(out RowFeatures features, out Target target)
        {
            var isRow = reader.Read(out features, out target);
            target = isRow ? dealer.Deal(target) : target;
            return isRow;
        }

        public void Dispose() => reader.Dispose();
    }
}
