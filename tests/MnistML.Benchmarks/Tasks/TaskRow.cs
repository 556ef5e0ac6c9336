using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Benchmarks.Tabular;

namespace MnistML.Benchmarks.Tasks;

/// <summary>A row with a label for each task, so that all tasks read the same view.</summary>
internal sealed class TaskRow
{
    public float[] Features { get; set; } = [];

    /// <summary>Zero-based, as ML.NET reads keys from objects.</summary>
    [KeyType(2)]
    public uint Class { get; set; }

    public bool IsPositive { get; set; }

    public float Number { get; set; }

    /// <summary>Its columns, with the number of features.</summary>
    public static SchemaDefinition CreateSchema(int features)
    {
        var schema = SchemaDefinition.Create(typeof(TaskRow));
        schema[nameof(Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, features);
        return schema;
    }

    /// <summary>Rows that are drawn while they are read, each pass the same, so that they take no memory of their own.</summary>
    public static IEnumerable<TaskRow> Draw(int rows, int features)
    {
        var random = new Random(1);
        for (var row = 0; row < rows; row++)
        {
            var point = Array.ConvertAll(random.NextNormals(features), value => (float)value);
            var number = point[0] * point[1];
            yield return new TaskRow { Features = point, Class = number > 0 ? 1u : 0, IsPositive = number > 0, Number = number };
        }
    }

    /// <summary>Trains a network of 512 and 256 units for a task on drawn rows.</summary>
    public static MlpTransformer Train(
        MLContext mlContext, MlpTask task, int rows, int features, int epochs, MlpPrecision precision = MlpPrecision.Auto)
    {
        const int BatchSize = 256;
        int[] hiddenLayers = [512, 256];
        var data = mlContext.Data.LoadFromEnumerable(Draw(rows, features), CreateSchema(features));
        IEstimator<MlpTransformer> trainer = task switch
        {
            MlpTask.Binary => mlContext.BinaryClassification.Trainers.Mlp(
                mlContext, new MlpBinaryTrainer.Options
                {
                    LabelColumnName = nameof(IsPositive),
                    HiddenLayers = hiddenLayers,
                    BatchSize = BatchSize,
                    MaxEpochs = epochs,
                    Precision = precision,
                }),
            MlpTask.Regression => mlContext.Regression.Trainers.Mlp(
                mlContext, new MlpRegressionTrainer.Options
                {
                    LabelColumnName = nameof(Number),
                    HiddenLayers = hiddenLayers,
                    BatchSize = BatchSize,
                    MaxEpochs = epochs,
                    BatchNormalization = true, // as the others do by default
                    Precision = precision,
                }),
            _ => mlContext.MulticlassClassification.Trainers.Mlp(
                mlContext, new MlpTrainer.Options
                {
                    LabelColumnName = nameof(Class),
                    HiddenLayers = hiddenLayers,
                    BatchSize = BatchSize,
                    MaxEpochs = epochs,
                    Precision = precision,
                }),
        };
        return trainer.Fit(data);
    }
}
