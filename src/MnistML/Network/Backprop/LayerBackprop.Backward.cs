using MnistML.Network.Workers;
using MnistML.Vectors;

namespace MnistML.Network.Backprop;

/// <content>From the gradient of the outputs to that of products, weights and biases.</content>
internal sealed partial class LayerBackprop
{
    /// <summary>
    /// Turns dL/dOutput into the gradient with respect to the normalised values, back through dropout and activation, in place.
    /// </summary>
    /// <inheritdoc cref="Activate" path="/param"/>
    public void Backward(WorkRange rows, DropoutMask dropout, int[] batchIndices, WorkerScratch scratch)
    {
        var values = Values.Rows;
        var gradients = Gradients.Rows;
        for (var row = rows.Start; row < rows.End; row++)
        {
            var gradient = gradients.Read(row, scratch.First);
            dropout.Apply(_index, batchIndices[row], gradient);
            _activation!.Backward(ReadActivationInput(values, row, isNormalized: true, scratch), gradient);
            gradients.Write(row, gradient);
        }
    }

    /// <summary>Turns the gradient with respect to normalised values into that with respect to the products, in place.</summary>
    public void BackwardThroughBatchNorm(WorkRange rows, WorkerScratch scratch)
    {
        var values = Values.Rows;
        var gradients = Gradients.Rows;
        for (var row = rows.Start; row < rows.End; row++)
        {
            var gradient = gradients.Read(row, scratch.First);
            Normalization!.Backward(values.Read(row, scratch.Second), gradient);
            gradients.Write(row, gradient);
        }
    }

    /// <summary>Computes the gradient of a worker's biases: the sum over the rows.</summary>
    public void SumBiasGradient(WorkRange units, int rowCount, WorkerScratch scratch)
    {
        var gradients = Gradients.Rows;
        var sums = _biasGradient.Singles.Slice(units.Start, units.Count);
        sums.Clear();
        for (var row = 0; row < rowCount; row++)
        {
            SpanMath.Apply(sums, gradients.Read(row, units.Start, units.Count, scratch.First), sums, default(Add));
        }
    }

    /// <summary>
    /// Passes the gradient of a worker's units to a handler, chunk by chunk, and takes over the weights that the handler has updated.
    /// </summary>
    public void ForEachGradientChunk(WorkRange units, GradientChunkHandler handle, WorkerScratch scratch)
    {
        if (Sparse is not null)
        {
            Sparse.ForEachGradientChunk(units, handle, scratch.First);
        }
        else
        {
            ForEachChunkOfWeights(units, handle, scratch);
        }

        handle(_firstParameter + 1, units.Start, _biasGradient.Singles.Slice(units.Start, units.Count));
        if (Normalization is not null)
        {
            handle(_firstParameter + 2, units.Start, Normalization.ScaleGradient.Slice(units.Start, units.Count));
            handle(_firstParameter + 3, units.Start, Normalization.ShiftGradient.Slice(units.Start, units.Count));
        }
    }

    /// <summary>
    /// Turns the gradient of the products of weights and factors, for a worker's units, into that of the weights, and adds up that of the
    /// factors.
    /// </summary>
    public void BackwardThroughFactors(WorkRange units, int worker, WorkerScratch scratch)
    {
        var gradients = _gradient.Rows;
        var sums = _factors!.BeginGradient(worker);
        for (var unit = units.Start; unit < units.End; unit++)
        {
            var gradient = gradients.Read(unit, scratch.First);
            SpanMath.Apply(sums, gradient, WeightsOf(unit), sums, default(AddProduct));
            SpanMath.Apply(gradient, _factors.OfInputs, gradient, default(Multiply));
            gradients.Write(unit, gradient);
        }
    }

    /// <summary>Copies the gradient of a worker's weights to where it is summed over a group, unless it is there.</summary>
    public void CollectGradient(WorkRange units, WorkerScratch scratch)
    {
        if (HoldsSummedGradient)
        {
            return;
        }

        var inputSize = _layer.Shape.InputSize;
        var gradient = _gradient.Rows;
        for (var unit = units.Start; unit < units.End; unit++)
        {
            var start = unit * inputSize;
            gradient.Read(row: 0, OffsetOf(start), inputSize, scratch.First).CopyTo(_summedGradient.Singles[start..]);
        }
    }

    private void ForEachChunkOfWeights(WorkRange units, GradientChunkHandler handle, WorkerScratch scratch)
    {
        var inputSize = _layer.Shape.InputSize;
        var gradient = _gradient.Rows;
        var summed = _summedGradient.Singles;
        var chunkSize = _isBlockDiagonal ? inputSize : ChunkSize;
        var end = units.End * inputSize;
        for (var start = units.Start * inputSize; start < end; start += chunkSize)
        {
            var count = Math.Min(chunkSize, end - start);
            handle(
                _firstParameter,
                start,
                summed.IsEmpty ? gradient.Read(row: 0, OffsetOf(start), count, scratch.First) : summed.Slice(start, count));
            if (_factors is null)
            {
                UpdateProductWeights(start, count);
            }
        }
    }
}
