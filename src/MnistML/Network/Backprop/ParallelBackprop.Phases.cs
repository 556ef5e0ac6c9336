using MnistML.Network.Matrices;
using MnistML.Network.Workers;

namespace MnistML.Network.Backprop;

/// <content>The phases of a batch, at whose ends the workers wait for each other, and the steps that they consist of.</content>
internal sealed partial class ParallelBackprop
{
    /// <summary>Steps in which workers are independent are joined into one phase, at whose end all workers wait for each other.</summary>
    private void AddPhases(PhaseTimer? timer)
    {
        var steps = new List<Action<int>>();
        var last = _layers.Length - 1;
        if (_factors is not null)
        {
            Add(Phase.Forward, worker => _layers[0].ApplyFactors(_batch.Layers[0].Units[worker], _scratch[worker]));
            EndPhase();
        }

        for (var i = 0; i < last; i++)
        {
            var (layer, index) = (_layers[i], i);
            Add(Phase.Forward, worker => Forward(index, worker));
            if (layer.Normalization is { } normalization)
            {
                EndPhase();
                Add(Phase.Forward, worker => normalization.ComputeStatistics(
                    layer.Values.Rows, _buffer.RowCount, _batch.Layers[index].Units[worker], _scratch[worker].First));
                EndPhase();
                if (normalization.IsSynchronized)
                {
                    _phases.Add(() => normalization.SumStatistics(_buffer.WholeRowCount));
                }
            }

            Add(Phase.Forward, worker => layer.Activate(_batch.Rows[worker], _dropout, _buffer.BatchIndices, _scratch[worker]));
        }

        Add(Phase.Forward, worker => Forward(last, worker));
        Add(Phase.Forward, ComputeLoss);
        for (var i = last - 1; i >= 0; i--)
        {
            var (layer, index) = (_layers[i], i);
            Add(Phase.Backward, worker => BackwardThroughProduct(index + 1, worker));
            Add(Phase.Backward, worker => layer.Backward(_batch.Rows[worker], _dropout, _buffer.BatchIndices, _scratch[worker]));
            if (layer.Normalization is { } normalization)
            {
                EndPhase();
                Add(Phase.Backward, worker => normalization.SumGradient(
                    layer.Values.Rows, layer.Gradients.Rows, _buffer.RowCount, _batch.Layers[index].Units[worker], _scratch[worker]));
                EndPhase();
                if (normalization.IsSynchronized)
                {
                    _phases.Add(() => normalization.SumMeanGradients(_buffer.WholeRowCount));
                }

                Add(Phase.Backward, worker => layer.BackwardThroughBatchNorm(_batch.Rows[worker], _scratch[worker]));
            }
        }

        EndPhase();

        void Add(Phase phase, Action<int> step) => steps.Add(PhaseTimer.Timed(timer, phase, step));

        void EndPhase()
        {
            Action<int>[] ofPhase = [.. steps];
            steps.Clear();
            Action<int> work = worker => Array.ForEach(ofPhase, step => step(worker));
            _phases.Add(() => _team.Run(work));
        }
    }

    private void Forward(int index, int worker)
    {
        if (_layers[index].Sparse is { } sparse)
        {
            sparse.Forward(_batch.Rows[worker], _layers[index].Values.Rows, _scratch[worker].First);
        }
        else
        {
            Compute(_batch.Layers[index].Forward[index == 0 ? _bufferIndex : 0][worker]);
        }

        _layers[index].AddBiases(_batch.Rows[worker], _scratch[worker].First);
    }

    /// <summary>dL/dInput of a layer, which is dL/dOutput of the layer before it.</summary>
    private void BackwardThroughProduct(int index, int worker) => Compute(_batch.Layers[index].Backward[worker]);

    private void ComputeLoss(int worker)
    {
        var (rows, output) = (_batch.Rows[worker], _layers[^1]);
        var scratch = _scratch[worker];
        var outputs = output.Values.Rows;
        var gradients = output.Gradients.Rows;
        var trainingLoss = _network.Settings.Loss;
        var (members, outputSize) = (_network.Architecture.MemberCount, _network.Architecture.OutputSize);
        var (loss, metric) = (0.0, 0.0);
        for (var row = rows.Start; row < rows.End; row++)
        {
            var values = outputs.Read(row, scratch.First);
            var gradient = gradients.ForWrite(row, scratch.Second);
            var (target, factor) = (_buffer.Targets[row], _buffer.LossFactors[row]);
            for (var member = 0; member < members; member++)
            {
                var share = target.ShareOf(member, members);
                var ofRow = trainingLoss.Compute(
                    values.Slice(member * outputSize, outputSize),
                    target,
                    share * factor / _buffer.WholeRowCount,
                    gradient.Slice(member * outputSize, outputSize));
                loss += ofRow.Loss * share * factor / members;
                metric += ofRow.Metric * share / members;
            }

            gradients.Write(row, gradient);
        }

        (_losses[worker], _metrics[worker]) = (loss, metric);
    }

    private static void Compute(MatrixProduct[] products)
    {
        foreach (var product in products)
        {
            product.Compute();
        }
    }
}
