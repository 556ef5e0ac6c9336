using MnistML.Network.Matrices;
using MnistML.Network.Workers;
using static TorchSharp.torch;

namespace MnistML.Network.Backprop;

/// <summary>
/// Views of all matrices for each worker, for one batch size. They are created once, since creating a view costs as much as a small
/// product. It owns the views.
/// </summary>
internal sealed class WorkerTensors : IDisposable
{
    private readonly List<Tensor> _owned = [];
    private readonly int _rowCount;

    /// <param name="layers">The layers.</param>
    /// <param name="buffers">The double buffer for batches.</param>
    /// <param name="rowCount">The number of rows in a batch.</param>
    /// <param name="workerCount">The number of workers.</param>
    public WorkerTensors(IReadOnlyList<LayerBackprop> layers, IReadOnlyList<InputBuffer> buffers, int rowCount, int workerCount)
    {
        using var noGradient = no_grad();
        _rowCount = rowCount;
        Rows = [.. Enumerable.Range(0, workerCount).Select(worker => WorkRange.Of(rowCount, worker, workerCount))];
        Layers = [.. layers.Select(OfLayer)];

        LayerTensors OfLayer(LayerBackprop layer, int index)
        {
            MixedPrecisionMatrix[] inputs =
                index == 0 ? [.. buffers.Select(buffer => buffer.Inputs)] : [layers[index - 1].Outputs];
            WorkRange[] units = [.. Enumerable.Range(0, workerCount).Select(worker => layer.UnitsOf(worker, workerCount))];
            if (layer.Sparse is not null)
            {
                return new LayerTensors { Units = units, Forward = [], Backward = [], WeightGradient = [] };
            }

            return new LayerTensors
            {
                Units = units,
                Forward = [.. inputs.Select(input => Rows.Select(rows => Forward(layer, input, rows)).ToArray())],
                Backward = index == 0 ? [] : [.. Rows.Select(rows => Backward(layer, layers[index - 1], rows))],
                WeightGradient = [.. inputs.Select(input => units.Select(range => WeightGradient(layer, input, range)).ToArray())],
            };
        }
    }

    /// <summary>Each worker's rows.</summary>
    public WorkRange[] Rows { get; }

    /// <summary>The products of each layer.</summary>
    public LayerTensors[] Layers { get; }

    public void Dispose() => _owned.ForEach(tensor => tensor.Dispose());

    private MatrixProduct[] Forward(LayerBackprop layer, MixedPrecisionMatrix inputs, WorkRange rows) =>
    [
        .. layer.Groups.Select(group => new MatrixProduct(
            View(inputs.Tensor, rows, group.Inputs),
            Own(View(layer.ProductWeights, group.Units).t()),
            View(layer.Values.Tensor, rows, group.Units))),
    ];

    private MatrixProduct[] Backward(LayerBackprop layer, LayerBackprop before, WorkRange rows) =>
    [
        .. layer.Groups.Select(group => new MatrixProduct(
            View(layer.Gradients.Tensor, rows, group.Units),
            View(layer.ProductWeights, group.Units),
            View(before.Gradients.Tensor, rows, group.Inputs))),
    ];

    private MatrixProduct[] WeightGradient(LayerBackprop layer, MixedPrecisionMatrix inputs, WorkRange units)
    {
        var rows = new WorkRange(0, _rowCount);
        return
        [
            .. layer.Groups
                .Select(group => (group.Inputs, Units: group.Units.And(units)))
                .Where(group => group.Units.Count > 0)
                .Select(group => new MatrixProduct(
                    Own(View(layer.Gradients.Tensor, rows, group.Units).t()),
                    View(inputs.Tensor, rows, group.Inputs),
                    View(layer.WeightGradient, group.Units))),
        ];
    }

    private Tensor View(Tensor matrix, WorkRange rows) => Own(matrix.narrow(0, rows.Start, rows.Count));

    private Tensor View(Tensor matrix, WorkRange rows, WorkRange columns) =>
        Own(View(matrix, rows).narrow(1, columns.Start, columns.Count));

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
