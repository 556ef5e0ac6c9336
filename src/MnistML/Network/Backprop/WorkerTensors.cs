using static TorchSharp.torch;

namespace MnistML.Network.Backprop;

/// <summary>
/// Views of all matrices for each worker, for one batch size. They are created once, since creating a view costs as much as a small
/// product. It owns the views.
/// </summary>
internal sealed class WorkerTensors : IDisposable
{
    private readonly List<Tensor> _owned = [];

    /// <param name="layers">The layers.</param>
    /// <param name="buffers">The double buffer for batches.</param>
    /// <param name="rowCount">The number of rows in a batch.</param>
    /// <param name="workerCount">The number of workers.</param>
    public WorkerTensors(IReadOnlyList<LayerBackprop> layers, IReadOnlyList<InputBuffer> buffers, int rowCount, int workerCount)
    {
        using var noGradient = no_grad();
        Rows = [.. Enumerable.Range(0, workerCount).Select(worker => WorkRange.Of(rowCount, worker, workerCount))];
        Layers = [.. layers.Select((layer, index) => OfLayer(layer, InputsOf(index)))];

        MixedPrecisionMatrix[] InputsOf(int index) =>
            index == 0 ? [.. buffers.Select(buffer => buffer.Inputs)] : [layers[index - 1].Outputs];

        LayerTensors OfLayer(LayerBackprop layer, MixedPrecisionMatrix[] inputs) => new()
        {
            Units = [.. Units(layer)],
            InputRows = [.. inputs.Select(OfRows)],
            Inputs = [.. inputs.Select(input => Own(input.Tensor.narrow(0, 0, rowCount)))],
            ValueRows = OfRows(layer.Values),
            GradientRows = OfRows(layer.Gradients),
            UnitOutputGradients = [.. Units(layer).Select(units => Transpose(layer.Gradients.Tensor, rowCount, units))],
            UnitWeightGradients = [.. Units(layer).Select(units => Own(layer.WeightGradient.narrow(0, units.Start, units.Count)))],
            Weights = Own(layer.ProductWeights.detach()),
            TransposedWeights = Own(layer.ProductWeights.t()),
        };

        IEnumerable<WorkRange> Units(LayerBackprop layer) =>
            Enumerable.Range(0, workerCount).Select(worker => WorkRange.OfUnits(layer.UnitCount, worker, workerCount));

        Tensor[] OfRows(MixedPrecisionMatrix matrix) => [.. Rows.Select(rows => Own(matrix.Tensor.narrow(0, rows.Start, rows.Count)))];
    }

    /// <summary>Each worker's rows.</summary>
    public WorkRange[] Rows { get; }

    /// <summary>The views of each layer.</summary>
    public LayerTensors[] Layers { get; }

    public void Dispose() => _owned.ForEach(tensor => tensor.Dispose());

    private Tensor Transpose(Tensor gradients, int rowCount, WorkRange units)
    {
        using var rows = gradients.narrow(0, 0, rowCount);
        using var columns = rows.narrow(1, units.Start, units.Count);
        return Own(columns.t());
    }

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
