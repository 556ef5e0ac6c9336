using MnistML.Native;
using MnistML.Network.Matrices;
using MnistML.Network.Workers;
using MnistML.Vectors;

namespace MnistML.Network.Backprop;

/// <summary>
/// The product of the first layer and sparse rows, forward and backward: it reads and updates the weights of those inputs only that occur
/// in the batch. The weights are stored input by input, so that those of one input lie together. An input that does not occur has a
/// gradient of zero: the steps that an optimiser makes with that are made later, when it occurs again or the epoch ends.
/// </summary>
/// <param name="layer">The first layer, stored input by input.</param>
internal sealed class SparseLayer(LinearLayer layer)
{
    /// <summary>The index of the weights in <see cref="MlpNetwork.Parameters"/>.</summary>
    private const int Parameter = 0;

    private readonly TensorMemory _weights = new(layer.Parameter);
    private readonly int _unitCount = layer.UnitCount;
    private readonly int _inputCount = layer.Shape.InputSize;
    private SparseInputs _batch = new(0);

    /// <summary>The gradient of the weights of the batch's inputs, input by input.</summary>
    private float[] _gradient = [];

    /// <summary>For each input the last step that its weights have made; null where all make each step.</summary>
    private int[]? _lastSteps;
    private int _step;

    /// <summary>Leaves weights whose gradient is zero as they are, until <see cref="CatchUp"/>.</summary>
    public void SkipZeroGradients() => _lastSteps = new int[_inputCount];

    /// <summary>Begins a batch.</summary>
    public void Begin(SparseInputs batch)
    {
        _batch = batch;
        var size = batch.Inputs.Count * _unitCount;
        if (_gradient.Length < size)
        {
            _gradient = GC.AllocateUninitializedArray<float>(size);
        }
    }

    /// <summary>Passes the weights of a worker's units that have skipped steps to a handler.</summary>
    /// <param name="ofBatch">Whether those of the batch's inputs only are wanted.</param>
    /// <param name="units">The worker's units.</param>
    /// <param name="handle">Makes up for the steps.</param>
    public void CatchUp(bool ofBatch, WorkRange units, SkippedStepsHandler handle)
    {
        if (units.Count == 0 || _lastSteps is null)
        {
            return;
        }

        var count = ofBatch ? _batch.Inputs.Count : _inputCount;
        for (var i = 0; i < count; i++)
        {
            var input = ofBatch ? _batch.Inputs[i] : i;
            if (_step - _lastSteps[input] is > 0 and var steps)
            {
                handle(Parameter, (input * _unitCount) + units.Start, units.Count, steps);
            }
        }
    }

    /// <summary>Ends what all workers have begun by <see cref="CatchUp"/> for all inputs.</summary>
    public void EndCatchUp()
    {
        _step = 0;
        Array.Clear(_lastSteps ?? []);
    }

    /// <summary>Ends a step, in which the weights of the batch's inputs were updated.</summary>
    public void EndStep()
    {
        if (_lastSteps is null)
        {
            return;
        }

        _step++;
        foreach (var input in _batch.Inputs)
        {
            _lastSteps[input] = _step;
        }
    }

    /// <summary>Overwrites a worker's rows of values by the products of inputs and weights.</summary>
    public void Forward(WorkRange rows, MixedPrecisionRows values, Span<float> scratch)
    {
        for (var row = rows.Start; row < rows.End; row++)
        {
            var sums = values.ForWrite(row, scratch);
            sums.Clear();
            _batch.Get(row, out var slots, out var entries);
            SparseProduct.Add(slots, entries, _weights.Singles, _unitCount, start: 0, sums);
            values.Write(row, sums);
        }
    }

    /// <summary>Computes the gradient of the weights of a worker's units: the sum over the rows, in their order.</summary>
    public void ComputeGradient(WorkRange units, MixedPrecisionRows gradients, int rowCount, Span<float> scratch)
    {
        for (var place = 0; place < _batch.Inputs.Count; place++)
        {
            GradientOf(place, units).Clear();
        }

        for (var row = 0; row < rowCount; row++)
        {
            var ofValues = gradients.Read(row, units.Start, units.Count, scratch);
            _batch.GetPlaces(row, out var places, out var entries);
            for (var i = 0; i < places.Length; i++)
            {
                var ofWeights = GradientOf(places[i], units);
                SpanMath.Apply(ofWeights, ofValues, ofWeights, new AddScaled(entries[i]));
            }
        }
    }

    /// <summary>
    /// Passes the gradient of the weights of a worker's units to a handler, input by input: all inputs, unless zero gradients are skipped.
    /// </summary>
    public void ForEachGradientChunk(WorkRange units, GradientChunkHandler handle, Span<float> scratch)
    {
        if (units.Count == 0)
        {
            return;
        }

        for (var place = 0; place < _batch.Inputs.Count; place++)
        {
            handle(Parameter, (_batch.Inputs[place] * _unitCount) + units.Start, GradientOf(place, units));
        }

        var zeros = scratch[..units.Count];
        for (var input = 0; _lastSteps is null && input < _inputCount; input++)
        {
            if (!_batch.Contains(input))
            {
                zeros.Clear();
                handle(Parameter, (input * _unitCount) + units.Start, zeros);
            }
        }
    }

    private Span<float> GradientOf(int place, WorkRange units) =>
        _gradient.AsSpan((place * _unitCount) + units.Start, units.Count);
}
