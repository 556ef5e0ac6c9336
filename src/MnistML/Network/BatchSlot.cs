using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>A batch as the network takes it. It owns its matrix.</summary>
internal sealed class BatchSlot(int rowCapacity, int featureCount, ScalarType productType) : IDisposable
{
    /// <summary>Features, scaled, in the type of the products.</summary>
    public RowMatrix Inputs { get; } = new(rowCapacity, featureCount, productType);

    /// <summary>Zero-based.</summary>
    public int[] Labels { get; } = new int[rowCapacity];

    /// <summary>The factor on each row's loss.</summary>
    public double[] Factors { get; } = new double[rowCapacity];

    public int RowCount { get; set; }

    public void Dispose() => Inputs.Dispose();
}
