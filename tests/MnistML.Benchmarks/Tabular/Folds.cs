namespace MnistML.Benchmarks.Tabular;

/// <summary>A stratified split into folds: the rows of each class are shuffled by a seed and distributed in turn.</summary>
internal sealed class Folds
{
    private readonly int[] _foldOfRow;

    public Folds(Table table, int count, int seed)
        : this(table.Labels, count, seed)
    {
    }

    /// <summary>Of rows that have no classes.</summary>
    public Folds(int rowCount, int count, int seed)
        : this(new int[rowCount], count, seed)
    {
    }

    private Folds(int[] classes, int count, int seed)
    {
        Count = count;
        _foldOfRow = new int[classes.Length];
        var random = new Random(seed);
        var dealt = 0;
        foreach (var ofClass in Enumerable.Range(0, classes.Length).GroupBy(row => classes[row]).OrderBy(group => group.Key))
        {
            int[] rows = [.. ofClass];
            random.Shuffle(rows);
            foreach (var row in rows)
            {
                _foldOfRow[row] = dealt++ % count;
            }
        }
    }

    public int Count { get; }

    public int[] RowsToTrain(int fold) => [.. Enumerable.Range(0, _foldOfRow.Length).Where(row => _foldOfRow[row] != fold)];

    public int[] RowsToTest(int fold) => [.. Enumerable.Range(0, _foldOfRow.Length).Where(row => _foldOfRow[row] == fold)];
}
