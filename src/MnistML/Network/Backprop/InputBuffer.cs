using MnistML.Network.Losses;
using MnistML.Network.Matrices;
using static TorchSharp.torch;

namespace MnistML.Network.Backprop;

/// <summary>
/// A loaded batch, one half of a double buffer: the network trains on one while the next batch is loaded into the other. It owns its
/// matrix.
/// </summary>
internal sealed class InputBuffer(int rowCapacity, int featureCount, ScalarType productType, bool isSparse = false) : IDisposable
{
    /// <summary>
    /// The features after augmentation, scaling and noise, in the type of the products. Without rows where they are sparse.
    /// </summary>
    public MixedPrecisionMatrix Inputs { get; } = new(isSparse ? 0 : rowCapacity, featureCount, productType);

    /// <summary>The features after scaling that are not zero; null where all are in <see cref="Inputs"/>.</summary>
    public SparseInputs? Sparse { get; } = isSparse ? new SparseInputs(featureCount) : null;

    /// <summary>What the network should predict for each row.</summary>
    public Target[] Targets { get; } = new Target[rowCapacity];

    /// <summary>The factor on each row's loss.</summary>
    public double[] LossFactors { get; } = new double[rowCapacity];

    public int RowCount { get; set; }

    /// <summary>The rows of the batch that other processes of a group have; 0 without one.</summary>
    public int OtherRowCount { get; set; }

    /// <summary>The rows of the batch in all processes.</summary>
    public int WholeRowCount => RowCount + OtherRowCount;

    /// <summary>The index of each row in the whole batch, by which dropout is drawn: another one where other processes have rows.</summary>
    public int[] BatchIndices { get; } = [.. Enumerable.Range(0, rowCapacity)];

    /// <summary>The seed of the batch's dropout masks.</summary>
    public ulong DropoutSeed { get; set; }

    public void Dispose() => Inputs.Dispose();
}
