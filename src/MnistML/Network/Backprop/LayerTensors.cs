using MnistML.Network.Matrices;
using MnistML.Network.Workers;

namespace MnistML.Network.Backprop;

/// <summary>
/// The products of one layer. Arrays are indexed by worker, where the layer's inputs take part by buffer first; each worker computes one
/// product for each group of units with inputs of its own. A layer of sparse inputs has no products here.
/// </summary>
internal sealed record LayerTensors
{
    /// <summary>The units of each worker.</summary>
    public required WorkRange[] Units { get; init; }

    /// <summary>The worker's rows of inputs times transposed weights: its rows of values.</summary>
    public required MatrixProduct[][][] Forward { get; init; }

    /// <summary>
    /// The worker's rows of gradients times weights: its rows of the gradients of the layer before. Empty in the first layer.
    /// </summary>
    public required MatrixProduct[][] Backward { get; init; }

    /// <summary>Transposed gradients of the worker's units times inputs: the gradient of its weights.</summary>
    public required MatrixProduct[][][] WeightGradient { get; init; }
}
