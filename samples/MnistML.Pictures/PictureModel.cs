using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Samples.Pictures.Features;

namespace MnistML.Samples.Pictures;

/// <summary>Trains the network behind the pretrained one, and joins both to the model that is saved.</summary>
internal static class PictureModel
{
    /// <summary>
    /// One network with a small hidden layer: the features are good already. They are standardised, since some are far larger than others.
    /// </summary>
    public static MlpTrainer.Options Options(int seed, IProgress<MlpProgress> progress) => new()
    {
        HiddenLayers = [64],
        Members = 1,
        FeatureEncoding = MlpFeatureEncoding.None,
        FeatureScaling = MlpFeatureScaling.Standardize,
        DropoutRate = 0.3,
        ThreadCount = 1, // So little work is not worth the waiting of threads for each other.
        Seed = seed,
        Progress = progress,
    };

    /// <summary>Features and labels as data of ML.NET, in the form in which the pretrained stage gives them.</summary>
    public static IDataView ToData(MLContext mlContext, IEnumerable<PictureRow> rows)
    {
        var schema = SchemaDefinition.Create(typeof(PictureRow));
        schema[nameof(PictureRow.Features)].ColumnType =
            new VectorDataViewType(NumberDataViewType.Single, 1, PretrainedNetwork.FeatureCount, 1, 1);
        return mlContext.Data.LoadFromEnumerable(rows, schema);
    }

    /// <summary>
    /// Trains on labels as text, and returns the network with the stages that turn labels into keys and predictions back.
    /// </summary>
    public static (ITransformer Labels, MlpTransformer Network, ITransformer Names) Fit(
        MLContext mlContext, IDataView data, MlpTrainer.Options options)
    {
        var labels = mlContext.Transforms.Conversion.MapValueToKey("Label").Fit(data);
        var keyed = labels.Transform(data);
        var network = mlContext.MulticlassClassification.Trainers.Mlp(mlContext, options).Fit(keyed);
        return (labels, network, mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel").Fit(network.Transform(keyed)));
    }

    /// <summary>The probability of the prediction, and its name, for each row.</summary>
    public static PicturePrediction[] Predict(MLContext mlContext, ITransformer network, ITransformer names, IDataView data) =>
        [.. mlContext.Data.CreateEnumerable<PicturePrediction>(names.Transform(network.Transform(data)), reuseRowObject: false)];
}

/// <summary>The features of a picture.</summary>
internal sealed class PictureRow
{
    public float[] Features { get; set; } = [];

    public string Label { get; set; } = "";
}

/// <summary>What the model says of a picture.</summary>
internal sealed class PicturePrediction
{
    public string PredictedLabel { get; set; } = "";

    public float[] Score { get; set; } = [];
}
