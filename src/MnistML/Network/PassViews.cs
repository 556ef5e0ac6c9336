using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>
/// Each worker's parts of all matrices, for batches of one size: views that are made once, since making one costs as much as a small product. It
/// owns them.
/// </summary>
internal sealed class PassViews : IDisposable
{
    private readonly List<Tensor> _owned = [];

    /// <param name="layers">The layers.</param>
    /// <param name="slots">Where batches stand in turn.</param>
    /// <param name="rowCount">Rows of a batch.</param>
    /// <param name="workerCount">Workers that share it.</param>
    public PassViews(IReadOnlyList<LayerPass> layers, IReadOnlyList<BatchSlot> slots, int rowCount, int workerCount)
    {
        using var noGradient = no_grad();
        Rows = [.. Enumerable.Range(0, workerCount).Select(worker => Share.Of(rowCount, worker, workerCount))];
        Layers = [.. layers.Select((layer, index) => OfLayer(layer, index == 0 ? [.. slots.Select(slot => slot.Inputs)] : [layers[index - 1].Outputs]))];

        LayerViews OfLayer(LayerPass layer, RowMatrix[] inputs) => new()
        {
            Units = [.. Units(layer)],
            InputRows = [.. inputs.Select(OfRows)],
            Inputs = [.. inputs.Select(input => Own(input.Tensor.narrow(0, 0, rowCount)))],
            ValueRows = OfRows(layer.Values),
            DerivativeRows = OfRows(layer.Derivatives),
            UnitDerivatives = [.. Units(layer).Select(units => Transposed(layer.Derivatives.Tensor, rowCount, units))],
            UnitGradients = [.. Units(layer).Select(units => Own(layer.WeightGradient.narrow(0, units.Start, units.Count)))],
            Weights = Own(layer.ProductWeights.detach()),
            TransposedWeights = Own(layer.ProductWeights.t()),
        };

        IEnumerable<Share> Units(LayerPass layer) => Enumerable.Range(0, workerCount).Select(worker => Share.OfUnits(layer.UnitCount, worker, workerCount));

        Tensor[] OfRows(RowMatrix matrix) => [.. Rows.Select(share => Own(matrix.Tensor.narrow(0, share.Start, share.Count)))];
    }

    /// <summary>Each worker's rows.</summary>
    public Share[] Rows { get; }

    public LayerViews[] Layers { get; }

    public void Dispose() => _owned.ForEach(tensor => tensor.Dispose());

    private Tensor Transposed(Tensor derivatives, int rowCount, Share units)
    {
        using var rows = derivatives.narrow(0, 0, rowCount);
        using var columns = rows.narrow(1, units.Start, units.Count);
        return Own(columns.t());
    }

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}

/// <summary>The views of one layer; arrays go by worker, and those of inputs by slot first.</summary>
internal sealed record LayerViews
{
    public required Share[] Units { get; init; }

    /// <summary><c>[rows of the worker, inputs]</c>.</summary>
    public required Tensor[][] InputRows { get; init; }

    /// <summary><c>[rows, inputs]</c>.</summary>
    public required Tensor[] Inputs { get; init; }

    /// <summary><c>[rows of the worker, outputs]</c>.</summary>
    public required Tensor[] ValueRows { get; init; }

    /// <summary><c>[rows of the worker, outputs]</c>.</summary>
    public required Tensor[] DerivativeRows { get; init; }

    /// <summary><c>[units of the worker, rows]</c>.</summary>
    public required Tensor[] UnitDerivatives { get; init; }

    /// <summary><c>[units of the worker, inputs]</c>.</summary>
    public required Tensor[] UnitGradients { get; init; }

    /// <summary><c>[outputs, inputs]</c>.</summary>
    public required Tensor Weights { get; init; }

    /// <summary><c>[inputs, outputs]</c>.</summary>
    public required Tensor TransposedWeights { get; init; }
}
