using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

// usage: MnistML.ScoringHost model.zip < rows
// Each line in: a row's features with spaces between them. Each line out: the row's scores, so that they can be read back exactly.
// Last line: the names of the assemblies that were loaded.
var mlContext = new MLContext();
var model = mlContext.Model.Load(args[0], out var inputSchema);
using var owner = (IDisposable)model; // deletes the temporary copy of the network

var rows = new List<Row>();
while (Console.ReadLine() is { } line)
{
    rows.Add(new Row { Features = [.. line.Split(' ').Select(text => float.Parse(text, CultureInfo.InvariantCulture))] });
}

var schema = SchemaDefinition.Create(typeof(Row));
schema["Features"].ColumnType = inputSchema["Features"].Type;
var scored = model.Transform(mlContext.Data.LoadFromEnumerable(rows, schema));
var scoreRows = scored.Schema["Score"].Type is VectorDataViewType
    ? scored.GetColumn<float[]>("Score")
    : scored.GetColumn<float>("Score").Select(score => (float[])[score]);
foreach (var scores in scoreRows)
{
    Console.WriteLine(string.Join(' ', scores.Select(score => score.ToString("R", CultureInfo.InvariantCulture))));
}

Console.WriteLine(string.Join(' ', AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name)));

internal sealed class Row
{
    public float[] Features { get; set; } = [];
}
