using MnistML.Network.Features;
using MnistML.Network.Losses;
using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>The settings of a network in training, beyond its architecture. None of them remains in the trained model.</summary>
internal sealed record NetworkSettings
{
    /// <summary>The fraction of each hidden layer's outputs that training drops, from 0 up to, not including, 1.</summary>
    public double DropoutRate { get; init; }

    /// <summary>Whether hidden layers are normalised over the batch, before the activation.</summary>
    public bool BatchNormalization { get; init; }

    /// <summary>How features are scaled and encoded before the first layer; null where the layer reads them as they are.</summary>
    public FeatureEncoder? Encoder { get; init; }

    /// <summary>Whether each feature has a learned factor on all inputs that are made of it.</summary>
    public bool HasFeatureFactors { get; init; }

    /// <summary>
    /// Whether the first layer reads only those inputs that are not zero: its weights are then stored input by input, and what encodes
    /// features must not make a zero anything else.
    /// </summary>
    public bool HasSparseInputs { get; init; }

    /// <summary>What a training minimises.</summary>
    public TrainingLoss Loss { get; init; } = new CrossEntropyLoss();

    /// <summary>The precision of products: <see cref="MlpPrecision.Single"/> or <see cref="MlpPrecision.BFloat16"/>.</summary>
    public MlpPrecision Precision { get; init; } = MlpPrecision.Single;

    /// <summary>The device of the tensors.</summary>
    public Device Device { get; init; } = CPU;

    /// <summary>The type of all tensors. Training takes float32; float64 is for gradient checks.</summary>
    public ScalarType Type { get; init; } = ScalarType.Float32;

    /// <summary>The type of the factors of products.</summary>
    public ScalarType ProductType => Precision == MlpPrecision.BFloat16 ? ScalarType.BFloat16 : Type;
}
