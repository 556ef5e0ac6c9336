using MnistML.Common;

namespace MnistML.Training.Sampling;

/// <summary>
/// Sets rows aside for validation, stratified by class: <c>fraction · rows</c> in all, rounded, distributed among the classes by largest
/// remainders. Rows are drawn in one pass by selection sampling (Knuth, volume 2, algorithm 3.4.2S), so that they need not be in memory.
/// </summary>
internal sealed class StratifiedSplit
{
    private readonly long[] _rowsOfClass;
    private readonly long[] _takenOfClass;
    private readonly ulong _seed;

    /// <exception cref="InvalidOperationException">No row would be set aside, or none would be left.</exception>
    public StratifiedSplit(IReadOnlyList<long> rowsOfClass, double fraction, ulong seed)
    {
        _rowsOfClass = [.. rowsOfClass];
        _seed = seed;
        var rows = _rowsOfClass.Sum();
        var total = (long)Math.Round(fraction * rows, MidpointRounding.AwayFromZero);
        if (total == 0 || total == rows)
        {
            throw new InvalidOperationException(
                FormattableString.Invariant(
                    $"{nameof(MlpTrainingOptions.ValidationFraction)} is {fraction}, which of {rows} rows with labels leaves ")
                + (total == 0
                    ? "none to validate with; choose a larger one, or give validation data."
                    : "none to train with; choose a smaller one."));
        }

        _takenOfClass = [.. _rowsOfClass.Select(count => total * count / rows)];
        var byRemainder = Enumerable.Range(0, _rowsOfClass.Length).OrderByDescending(label => total * _rowsOfClass[label] % rows);
        foreach (var label in byRemainder.Take((int)(total - _takenOfClass.Sum())))
        {
            _takenOfClass[label]++;
        }
    }

    public long ValidationRowCount => _takenOfClass.Sum();

    /// <summary>
    /// Begins a pass. Call the returned function with the label of each row, in the rows' own order; it says whether the row is set aside.
    /// </summary>
    public Func<int, bool> Begin()
    {
        var random = new SplitMix64(_seed);
        long[] rowsLeft = [.. _rowsOfClass];
        long[] stillToTake = [.. _takenOfClass];
        return label =>
        {
            var isTaken = random.NextDouble() * rowsLeft[label] < stillToTake[label];
            rowsLeft[label]--;
            stillToTake[label] -= isTaken ? 1 : 0;
            return isTaken;
        };
    }
}
