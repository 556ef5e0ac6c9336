using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>What a network has while it learns, beyond its architecture. Nothing of it is left in the model that comes out.</summary>
internal sealed record NetworkSettings
{
    /// <summary>The share of each hidden layer's outputs that are dropped while it learns, from 0 up to, not including, 1.</summary>
    public double DropoutRate { get; init; }

    /// <summary>Whether the values of hidden layers are normalised over the batch, in front of the activation.</summary>
    public bool BatchNormalization { get; init; }

    /// <summary>What is done to the features in front of the first layer; null for nothing.</summary>
    public FeatureScale? FeatureScale { get; init; }

    /// <summary>The share of each row's target that is spread over all classes.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>What products are computed with: <see cref="MlpPrecision.Single"/> or <see cref="MlpPrecision.BFloat16"/>.</summary>
    public MlpPrecision Precision { get; init; } = MlpPrecision.Single;

    /// <summary>Where the tensors live.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>The type of all numbers. Trainings take float32; float64 is for checks of the gradients.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float32;

    /// <summary>The type of the numbers that products take.</summary>
    public ScalarType ProductType => Precision == MlpPrecision.BFloat16 ? ScalarType.BFloat16 : Type;
}
