using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Benchmarks.Tabular;

/// <summary>Rows of features with the class of each, in memory.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="Features">A row of features each.</param>
/// <param name="Labels">The zero-based class of each row.</param>
internal sealed record Table(string Name, float[][] Features, int[] Labels)
{
    public int RowCount => Labels.Length;

    public int FeatureCount => Features[0].Length;

    public int ClassCount { get; } = Labels.Max() + 1;

    /// <summary>Reads comma-separated numbers without a header. The last column is the class: a whole number from 0, or a name.</summary>
    public static Table Parse(string name, IEnumerable<string> lines)
    {
        string[][] rows = [.. lines.Where(line => line.Length > 0).Select(line => line.Split(','))];
        string[] classes = [.. rows.Select(row => row[^1]).Distinct().Order(StringComparer.Ordinal)];
        return new Table(
            name,
            [.. rows.Select(row => Array.ConvertAll(row[..^1], value => float.Parse(value, CultureInfo.InvariantCulture)))],
            [.. rows.Select(row => Array.IndexOf(classes, row[^1]))]);
    }

    /// <summary>Some of its rows as a view of ML.NET.</summary>
    public IDataView ToView(MLContext mlContext, IEnumerable<int> rows)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureCount);
        schema[nameof(Row.Label)].ColumnType = new KeyDataViewType(typeof(uint), ClassCount);
        var items = rows.Select(row => new Row { Features = Features[row], Label = (uint)Labels[row] });
        return mlContext.Data.LoadFromEnumerable(items.ToArray(), schema);
    }

    /// <summary>Some of its rows, of two classes, as a view of ML.NET with a Boolean label: whether it is the second class.</summary>
    public IDataView ToBinaryView(MLContext mlContext, IEnumerable<int> rows)
    {
        var schema = SchemaDefinition.Create(typeof(BinaryRow));
        schema[nameof(BinaryRow.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureCount);
        var items = rows.Select(row => new BinaryRow { Features = Features[row], Label = Labels[row] == 1 });
        return mlContext.Data.LoadFromEnumerable(items.ToArray(), schema);
    }

    /// <summary>The same rows with other features.</summary>
    public Table Change(Func<float[], float[]> change) => this with { Features = Array.ConvertAll(Features, row => change(row)) };

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public uint Label { get; set; }
    }

    private sealed class BinaryRow
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
