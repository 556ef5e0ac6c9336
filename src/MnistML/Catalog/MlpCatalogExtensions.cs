using MnistML;

namespace Microsoft.ML;

/// <summary>Puts the trainers among those of ML.NET's three catalogues.</summary>
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

    /// <summary>A trainer of a multi-layer perceptron with the default options.</summary>
    /// <param name="catalog">The catalogue of binary classification trainers.</param>
    /// <param name="mlContext">The context; ML.NET keeps a catalogue's own to itself (dotnet/machinelearning #4911).</param>
    /// <param name="labelColumnName">The column of labels, a Boolean.</param>
    /// <param name="featureColumnName">The column of features, a vector of Single.</param>
    /// <param name="exampleWeightColumnName">The column of weights, a Single; null to weigh all rows alike.</param>
    public static MlpBinaryTrainer Mlp(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog,
        MLContext mlContext,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new MlpBinaryTrainer(mlContext, labelColumnName, featureColumnName, exampleWeightColumnName);
    }

    /// <summary>A trainer of a multi-layer perceptron with options.</summary>
    /// <param name="catalog">The catalogue of binary classification trainers.</param>
    /// <param name="mlContext">The context; ML.NET keeps a catalogue's own to itself (dotnet/machinelearning #4911).</param>
    /// <param name="options">What to train, and how.</param>
    /// <exception cref="ArgumentException">Options are not valid; the message names all that are not.</exception>
    public static MlpBinaryTrainer Mlp(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, MLContext mlContext, MlpBinaryTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new MlpBinaryTrainer(mlContext, options);
    }

    /// <summary>A trainer of a multi-layer perceptron with the default options.</summary>
    /// <param name="catalog">The catalogue of regression trainers.</param>
    /// <param name="mlContext">The context; ML.NET keeps a catalogue's own to itself (dotnet/machinelearning #4911).</param>
    /// <param name="labelColumnName">The column of labels, a Single.</param>
    /// <param name="featureColumnName">The column of features, a vector of Single.</param>
    /// <param name="exampleWeightColumnName">The column of weights, a Single; null to weigh all rows alike.</param>
    public static MlpRegressionTrainer Mlp(
        this RegressionCatalog.RegressionTrainers catalog,
        MLContext mlContext,
        string labelColumnName = "Label",
        string featureColumnName = "Features",
        string? exampleWeightColumnName = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new MlpRegressionTrainer(mlContext, labelColumnName, featureColumnName, exampleWeightColumnName);
    }

    /// <summary>A trainer of a multi-layer perceptron with options.</summary>
    /// <param name="catalog">The catalogue of regression trainers.</param>
    /// <param name="mlContext">The context; ML.NET keeps a catalogue's own to itself (dotnet/machinelearning #4911).</param>
    /// <param name="options">What to train, and how.</param>
    /// <exception cref="ArgumentException">Options are not valid; the message names all that are not.</exception>
    public static MlpRegressionTrainer Mlp(
        this RegressionCatalog.RegressionTrainers catalog, MLContext mlContext, MlpRegressionTrainer.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new MlpRegressionTrainer(mlContext, options);
    }

    /// <summary>
    /// The same model with another threshold: <c>PredictedLabel</c> is true where <c>Score</c>, the logit, is above it. For a probability p
    /// it is <c>ln(p / (1 - p))</c>. Saving and loading keep it.
    /// </summary>
    /// <param name="catalog">The catalogue of binary classification.</param>
    /// <param name="model">A model for binary classification; it stays as it is.</param>
    /// <param name="threshold">Any number but NaN; 0 is a probability of a half, and the default of a trained model.</param>
    /// <exception cref="ArgumentException">The model is for another task.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is NaN.</exception>
    public static MlpTransformer ChangeModelThreshold(this BinaryClassificationCatalog catalog, MlpTransformer model, float threshold)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        if (model.Task != MlpTask.Binary)
        {
            throw new ArgumentException(
                $"The model is for {model.Task}, but only one for {MlpTask.Binary} has a threshold; "
                + $"train it by {nameof(MlpBinaryTrainer)}.",
                nameof(model));
        }

        return float.IsNaN(threshold)
            ? throw new ArgumentOutOfRangeException(
                nameof(threshold), "The threshold is NaN, but must be a number: no score is above NaN, so no row would be true.")
            : model.WithThreshold(threshold);
    }
}
