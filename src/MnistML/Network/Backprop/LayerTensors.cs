using static TorchSharp.torch;

namespace MnistML.Network.Backprop;

/// <summary>Views of one layer's tensors. Arrays are indexed by worker, those of inputs by buffer first.</summary>
internal sealed record LayerTensors
{
    /// <summary>The units of each worker.</summary>
    public required WorkRange[] Units { get; init; }

    /// <summary><c>[rows of the worker, inputs]</c>.</summary>
    public required Tensor[][] InputRows { get; init; }

    /// <summary><c>[rows, inputs]</c>.</summary>
    public required Tensor[] Inputs { get; init; }

    /// <summary><c>[rows of the worker, outputs]</c>.</summary>
    public required Tensor[] ValueRows { get; init; }

    /// <summary><c>[rows of the worker, outputs]</c>.</summary>
    public required Tensor[] GradientRows { get; init; }

    /// <summary><c>[units of the worker, rows]</c>.</summary>
    public required Tensor[] UnitOutputGradients { get; init; }

    /// <summary><c>[units of the worker, inputs]</c>.</summary>
    public required Tensor[] UnitWeightGradients { get; init; }

    /// <summary><c>[outputs, inputs]</c>.</summary>
    public required Tensor Weights { get; init; }

    /// <summary><c>[inputs, outputs]</c>.</summary>
    public required Tensor TransposedWeights { get; init; }
}
