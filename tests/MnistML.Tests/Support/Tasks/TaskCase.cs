using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace MnistML.Tests.Support;

/// <summary>A task with its trainer, ML.NET's own trainer beside it, and data that both learn from.</summary>
/// <param name="task">The task.</param>
/// <param name="isEnsemble">Whether the network has several members, which leave out rows in cycles of epochs.</param>
internal sealed class TaskCase(MlpTask task, bool isEnsemble = false)
{
    public const int FeatureCount = 4;

    public static MlpTask[] Tasks { get; } = Enum.GetValues<MlpTask>();

    /// <summary>Each task with a single network and with an ensemble.</summary>
    public static TestFixtureData[] Networks { get; } =
        [.. Tasks.SelectMany(task => (TestFixtureData[])[new(task, false), new(task, true)])];

    public MlpTask Task => task;

    public string LabelColumnName => task switch
    {
        MlpTask.Binary => nameof(TaskRow.Flag),
        MlpTask.Regression => nameof(TaskRow.Number),
        _ => nameof(TaskRow.Key),
    };

    /// <summary>The columns that a model of the task appends.</summary>
    public string[] OutputColumns => task switch
    {
        MlpTask.Binary => ["PredictedLabel", "Score", "Probability"],
        MlpTask.Regression => ["Score"],
        _ => ["PredictedLabel", "Score"],
    };

    /// <summary>Options that train within a moment.</summary>
    public MlpTrainingOptions Small => Options() with
    {
        LabelColumnName = LabelColumnName,
        HiddenLayers = isEnsemble ? [20, 5] : [8, 5],
        Members = isEnsemble ? 3 : 1,
        Schedule = isEnsemble ? MlpSchedule.DoublingCycles(firstEpochs: 1, cycles: 3) : MlpSchedule.OneCycle(),
        BatchSize = 16,
        MaxEpochs = isEnsemble ? null : 4,
        Seed = 1,
        ThreadCount = 1,
    };

    /// <summary>Rows in which the labels are functions of the features, and of some noise; the number is about 1000 ± 60.</summary>
    public static IDataView Data(MLContext mlContext, int rows, int seed = 1) => mlContext.Data.LoadFromEnumerable(Rows(rows, seed));

    public static TaskRow[] Rows(int rows, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Draw(random))];
    }

    public MlpTrainingOptions Options() => task switch
    {
        MlpTask.Binary => new MlpBinaryTrainer.Options(),
        MlpTask.Regression => new MlpRegressionTrainer.Options(),
        _ => new MlpTrainer.Options(),
    };

    public static ITrainerEstimator<MlpTransformer, MlpModelParameters> Trainer(MLContext mlContext, MlpTrainingOptions options) =>
        options switch
        {
            MlpBinaryTrainer.Options binary => mlContext.BinaryClassification.Trainers.Mlp(mlContext, binary),
            MlpRegressionTrainer.Options regression => mlContext.Regression.Trainers.Mlp(mlContext, regression),
            _ => mlContext.MulticlassClassification.Trainers.Mlp(mlContext, (MlpTrainer.Options)options),
        };

    /// <summary>Fits with validation data, or from a model, whichever trainer it is.</summary>
    public static MlpTransformer Fit(
        MLContext mlContext,
        MlpTrainingOptions options,
        IDataView data,
        IDataView? validation = null,
        MlpModelParameters? initial = null) =>
        Trainer(mlContext, options) switch
        {
            MlpBinaryTrainer binary => binary.Fit(data, validation, initial),
            MlpRegressionTrainer regression => regression.Fit(data, validation, initial),
            var multiclass => ((MlpTrainer)multiclass).Fit(data, validation, initial),
        };

    /// <summary>ML.NET's own trainer for the task, whose schema is the law.</summary>
    public IEstimator<ITransformer> StockTrainer(MLContext mlContext, string? labelColumnName = null) => task switch
    {
        MlpTask.Binary => mlContext.BinaryClassification.Trainers.LbfgsLogisticRegression(labelColumnName ?? LabelColumnName),
        MlpTask.Regression => mlContext.Regression.Trainers.Sdca(labelColumnName ?? LabelColumnName),
        _ => mlContext.MulticlassClassification.Trainers.LbfgsMaximumEntropy(labelColumnName ?? LabelColumnName),
    };

    /// <summary>The output columns as lines of text, with all annotations.</summary>
    public string[] OutputSchema(DataViewSchema schema) => [.. OutputColumns.SelectMany(name => SchemaText.Of(schema[name]))];

    /// <summary>Each row's predictions, as bits.</summary>
    public string[] Bits(IDataView scored) => task == MlpTask.Multiclass ? [.. Predictions.Bits(scored)]
        : [.. OutputColumns.Select(name => BitsOf(scored, name)).Aggregate((left, right) => left.Zip(right, (a, b) => $"{a} {b}"))];

    private static IEnumerable<string> BitsOf(IDataView scored, string name) => scored.Schema[name].Type is BooleanDataViewType
        ? scored.GetColumn<bool>(name).Select(value => $"{value}")
        : scored.GetColumn<float>(name).Select(value => $"{BitConverter.SingleToUInt32Bits(value)}");

    private static TaskRow Draw(Random random)
    {
        float[] features = [.. Enumerable.Range(0, FeatureCount).Select(_ => (2 * random.NextSingle()) - 1)];
        var noise = 0.2f * (random.NextSingle() - 0.5f);
        var value = features[0] - (2 * features[1]) + noise;
        return new TaskRow
        {
            Features = features,
            Key = value > 0.7f ? 2u : value > -0.7f ? 1u : 0u,
            Flag = value > 0.3f,
            Number = 1000 + (40 * value) + (20 * features[2] * features[2]),
            Weight = 1 + random.Next(3),
        };
    }
}
