using MnistML;

namespace Microsoft.ML;

/// <summary>Puts <see cref="MlpTrainer"/> among ML.NET's multiclass trainers.</summary>
public static class MlpCatalogExtensions
{
    /// <summary>A trainer of a multi-layer perceptron with the default options, <see cref="MlpRecipes.Fast"/>.</summary>
    /// <param name="catalog">The catalogue of multiclass trainers.</param>
    /// <param name="mlContext">The context; ML.NET keeps a catalogue's own to itself (dotnet/machinelearning #4911).</param>
    /// <param name="labelColumnName">The column of labels, a key.</param>
    /// <param name="featureColumnName">The column of features, a vector of Single.</param>
    /// <param name="exampleWeightColumnName">The column of weights, a Single; null to weigh all rows alike.</param>
    public static MlpTrainer Mlp(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog,
        MLContext mlContext,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new MlpTrainer(mlContext, labelColumnName, featureColumnName, exampleWeightColumnName);
    }

    /// <summary>A trainer of a multi-layer perceptron with options.</summary>
    /// <param name="catalog">The catalogue of multiclass trainers.</param>
    /// <param name="mlContext">The context; ML.NET keeps a catalogue's own to itself (dotnet/machinelearning #4911).</param>
    /// <param name="options">What to train, and how.</param>
    /// <exception cref="ArgumentException">Options are not valid; the message names all that are not.</exception>
    public static MlpTrainer Mlp(
        this MulticlassClassificationCatalog.MulticlassClassificationTrainers catalog, MLContext mlContext, MlpTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new MlpTrainer(mlContext, options);
    }
}
