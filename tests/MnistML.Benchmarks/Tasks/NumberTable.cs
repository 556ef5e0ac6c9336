using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Benchmarks.Tasks;

/// <summary>Rows of features with a number each, for regression, in memory.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="Features">A row of features each.</param>
/// <param name="Labels">The number of each row.</param>
internal sealed record NumberTable(string Name, float[][] Features, float[] Labels)
{
    public int RowCount => Labels.Length;

    public int FeatureCount => Features[0].Length;

    /// <summary>Reads comma-separated numbers without a header. The last column is the label.</summary>
    public static NumberTable Parse(string name, IEnumerable<string> lines)
    {
        float[][] rows =
        [
            .. lines.Where(line => line.Length > 0)
                .Select(line => Array.ConvertAll(line.Split(','), value => float.Parse(value, CultureInfo.InvariantCulture))),
        ];
        return new NumberTable(name, [.. rows.Select(row => row[..^1])], [.. rows.Select(row => row[^1])]);
    }

    /// <summary>Some of its rows as a view of ML.NET.</summary>
    public IDataView ToView(MLContext mlContext, IEnumerable<int> rows)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureCount);
        var items = rows.Select(row => new Row { Features = Features[row], Label = Labels[row] });
        return mlContext.Data.LoadFromEnumerable(items.ToArray(), schema);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public float Label { get; set; }
    }
}
