using static TorchSharp.torch;

namespace MnistML.Network.Backprop;

/// <summary>
/// Each worker's parts of all matrices, for batches of one size: views that are made once, since making one costs as much as a small product. It
/// owns them.
/// </summary>
internal sealed class WorkerTensors : IDisposable
{
    private readonly List<Tensor> _owned = [];

    /// <param name="layers">The layers.</param>
    /// <param name="buffers">Where batches stand in turn.</param>
    /// <param name="rowCount">Rows of a batch.</param>
    /// <param name="workerCount">Workers that share it.</param>
    public WorkerTensors(IReadOnlyList<LayerBackprop> layers, IReadOnlyList<InputBuffer> buffers, int rowCount, int workerCount)
    {
        using var noGradient = no_grad();
        Rows = [.. Enumerable.Range(0, workerCount).Select(worker => WorkRange.Of(rowCount, worker, workerCount))];
        Layers = [.. layers.Select((layer, index) => OfLayer(layer, index == 0 ? [.. buffers.Select(buffer => buffer.Inputs)] : [layers[index - 1].Outputs]))];

        LayerTensors OfLayer(LayerBackprop layer, MixedPrecisionMatrix[] inputs) => new()
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

        IEnumerable<WorkRange> Units(LayerBackprop layer) => Enumerable.Range(0, workerCount).Select(worker => WorkRange.OfUnits(layer.UnitCount, worker, workerCount));

        Tensor[] OfRows(MixedPrecisionMatrix matrix) => [.. Rows.Select(share => Own(matrix.Tensor.narrow(0, share.Start, share.Count)))];
    }

    /// <summary>Each worker's rows.</summary>
    public WorkRange[] Rows { get; }

    public LayerTensors[] Layers { get; }

    public void Dispose() => _owned.ForEach(tensor => tensor.Dispose());

    private Tensor Transposed(Tensor derivatives, int rowCount, WorkRange units)
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
