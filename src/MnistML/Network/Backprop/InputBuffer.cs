using static TorchSharp.torch;

namespace MnistML.Network.Backprop;

/// <summary>A batch in the form that the network takes. There are two: the network learns from one while the other is loaded. It owns its matrix.</summary>
internal sealed class InputBuffer(int rowCapacity, int featureCount, ScalarType productType) : IDisposable
{
    /// <summary>The features after augmentation, scaling and noise, in the type of the products.</summary>
    public MixedPrecisionMatrix Inputs { get; } = new(rowCapacity, featureCount, productType);

    /// <summary>Zero-based classes.</summary>
    public int[] Labels { get; } = new int[rowCapacity];

    /// <summary>The factor on each row's loss.</summary>
    public double[] LossFactors { get; } = new double[rowCapacity];

    public int RowCount { get; set; }

    /// <summary>Seed for the dropout masks.</summary>
    public ulong DropoutSeed { get; set; }

    public void Dispose() => Inputs.Dispose();
}
