using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MnistML.Tests.OnnxExport;

/// <summary>Pipelines over passengers, by their names in the tests.</summary>
internal static class PassengerPipeline
{
    public const string Plans = "text labels, from numbers, categories, gaps and text";
    public const string Zones = "labels that are numbers";
    public const string Ensemble = "an ensemble on encoded features";
    public const string Churn = "a binary one";
    public const string Spend = "a regression";
    public const string HashedCities = "hashed categories";
    public const string Gaps = "gaps that nothing replaces";

    public static readonly string[] All = [Plans, Zones, Ensemble, Churn, Spend, HashedCities, Gaps];

    public static MlpTrainer.Options Small { get; } = new() { HiddenLayers = [12], Members = 1, MaxEpochs = 3, Seed = 1 };

    public static ITransformer Fit(MLContext mlContext, string name, int rows = 600)
    {
        var (transforms, trainers) = (mlContext.Transforms, mlContext.MulticlassClassification.Trainers);
        IEstimator<ITransformer> pipeline = name switch
        {
            Plans => Numbers(mlContext)
                .Append(transforms.Text.ProduceWordBags("Words", "Note"))
                .Append(transforms.Concatenate("Features", "Age", "Income", "Far", "Often", "Member", "Place", "Sizes", "Words"))
                .Append(transforms.Conversion.MapValueToKey("Plan"))
                .Append(trainers.Mlp(mlContext, Small with { LabelColumnName = "Plan" }))
                .Append(transforms.Conversion.MapKeyToValue("PredictedLabel")),
            Zones => Numbers(mlContext)
                .Append(transforms.Concatenate("Features", "Age", "Income", "Place"))
                .Append(transforms.Conversion.MapValueToKey("Key", "Zone"))
                .Append(trainers.Mlp(mlContext, Small with { LabelColumnName = "Key", Activation = MlpActivation.Gelu })),
            Ensemble => Numbers(mlContext)
                .Append(transforms.Concatenate("Features", "Age", "Income", "Place"))
                .Append(transforms.Conversion.MapValueToKey("Plan"))
                .Append(trainers.Mlp(mlContext, new MlpTrainer.Options { LabelColumnName = "Plan", Members = 3, MaxEpochs = 2, Seed = 1 })),
            Churn => Numbers(mlContext)
                .Append(transforms.Concatenate("Features", "Age", "Income", "Place"))
                .Append(mlContext.BinaryClassification.Trainers.Mlp(
                    mlContext, new MlpBinaryTrainer.Options { LabelColumnName = "Churned", MaxEpochs = 2, Seed = 1 })),
            Spend => Numbers(mlContext)
                .Append(transforms.Concatenate("Features", "Age", "Income", "Place"))
                .Append(mlContext.Regression.Trainers.Mlp(
                    mlContext, new MlpRegressionTrainer.Options { LabelColumnName = "Spend", MaxEpochs = 2, Seed = 1 })),
            HashedCities => transforms.Categorical.OneHotHashEncoding("Place", "City", numberOfBits: 5)
                .Append(transforms.Concatenate("Features", "Income", "Place"))
                .Append(transforms.Conversion.MapValueToKey("Plan"))
                .Append(trainers.Mlp(mlContext, Small with { LabelColumnName = "Plan" })),
            _ => transforms.Concatenate("Features", "Age", "Income")
                .Append(transforms.Conversion.MapValueToKey("Plan"))
                .Append(trainers.Mlp(
                    mlContext, Small with { LabelColumnName = "Plan", InvalidFeatures = MlpInvalidFeatures.SkipRow }))
                .Append(transforms.Conversion.MapKeyToValue("PredictedLabel")),
        };
        return pipeline.Fit(mlContext.Data.LoadFromEnumerable(Passenger.Train(rows)));
    }

    /// <summary>Stages that the converter has, some of them in place.</summary>
    private static IEstimator<ITransformer> Numbers(MLContext mlContext) =>
        mlContext.Transforms.ReplaceMissingValues("Age", replacementMode: MissingValueReplacingEstimator.ReplacementMode.Mean)
            .Append(mlContext.Transforms.Conversion.ConvertType("Far", "Distance", DataKind.Single))
            .Append(mlContext.Transforms.Conversion.ConvertType("Often", "Visits", DataKind.Single))
            .Append(mlContext.Transforms.Conversion.ConvertType("Member", "IsMember", DataKind.Single))
            .Append(mlContext.Transforms.Categorical.OneHotEncoding("Place", "City"))
            .Append(mlContext.Transforms.NormalizeMeanVariance("Sizes"));
}
