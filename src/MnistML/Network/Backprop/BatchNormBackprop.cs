using MnistML.Native;
using MnistML.Network.Workers;
using MnistML.Vectors;

namespace MnistML.Network.Backprop;

/// <summary>
/// Batch normalisation forward and backward over the rows of a batch, without autograd. Each worker sums its own units over all rows, so
/// that the order of summation does not depend on the number of workers.
/// </summary>
/// <param name="normalization">The layer's batch normalisation, on the processor; its running averages are updated.</param>
/// <param name="unitCount">The number of units of the layer.</param>
internal sealed class BatchNormBackprop(BatchNormalization normalization, int unitCount)
{
    private const float Momentum = (float)BatchNormalization.Momentum;

    private readonly TensorMemory _scale = new(normalization.Scale);
    private readonly TensorMemory _shift = new(normalization.Shift);
    private readonly TensorMemory _runningMean = new(normalization.RunningMean);
    private readonly TensorMemory _runningVariance = new(normalization.RunningVariance);
    private readonly float[] _means = new float[unitCount];
    private readonly float[] _inverseDeviations = new float[unitCount];
    private readonly float[] _gains = new float[unitCount];
    private readonly float[] _meanGradients = new float[unitCount];
    private readonly float[] _meanProducts = new float[unitCount];

    /// <summary>dL/dγ.</summary>
    public float[] ScaleGradient { get; } = new float[unitCount];

    /// <summary>dL/dβ.</summary>
    public float[] ShiftGradient { get; } = new float[unitCount];

    /// <summary>Computes mean and deviation of a worker's units over the batch, and updates the running averages.</summary>
    public void ComputeStatistics(MixedPrecisionRows values, int rowCount, WorkRange units, Span<float> scratch)
    {
        var means = _means.AsSpan(units.Start, units.Count);
        var inverses = _inverseDeviations.AsSpan(units.Start, units.Count);
        var runningMeans = Of(_runningMean, units);
        var runningVariances = Of(_runningVariance, units);
        if (rowCount > 1)
        {
            means.Clear();
            for (var row = 0; row < rowCount; row++)
            {
                SpanMath.Apply(means, values.Read(row, units.Start, units.Count, scratch), means, default(Add));
            }

            SpanMath.Apply(means, means, new Scale(1f / rowCount));
            inverses.Clear();
            for (var row = 0; row < rowCount; row++)
            {
                var inputs = values.Read(row, units.Start, units.Count, scratch);
                SpanMath.Apply(inverses, inputs, means, inverses, default(AddSquaredDifference));
            }

            SpanMath.Apply(runningMeans, means, runningMeans, new WeightedSum(1 - Momentum, Momentum));
            SpanMath.Apply(runningVariances, inverses, runningVariances, new WeightedSum(1 - Momentum, Momentum / (rowCount - 1)));
        }
        else
        {
            runningMeans.CopyTo(means);
            runningVariances.CopyTo(inverses);
        }

        var scales = Of(_scale, units);
        for (var i = 0; i < inverses.Length; i++)
        {
            inverses[i] = (float)(1 / Math.Sqrt((inverses[i] / (double)rowCount) + BatchNormalization.Epsilon));
            _gains[units.Start + i] = scales[i] * inverses[i];
        }
    }

    /// <summary>Normalises a row to mean 0 and deviation 1.</summary>
    public void Normalize(Span<float> row) => SpanMath.Apply(row, _means, _inverseDeviations, row, default(SubtractMultiply));

    /// <summary>Computes the input of the activation from a normalised row.</summary>
    public void Scale(ReadOnlySpan<float> normalized, Span<float> outputs) =>
        SpanMath.Apply(normalized, _scale.Singles, _shift.Singles, outputs, default(MultiplyAdd));

    /// <summary>Computes the gradients of scale and shift for a worker's units.</summary>
    public void SumGradient(
        MixedPrecisionRows normalized, MixedPrecisionRows gradients, int rowCount, WorkRange units, WorkerScratch scratch)
    {
        var shifts = ShiftGradient.AsSpan(units.Start, units.Count);
        var scales = ScaleGradient.AsSpan(units.Start, units.Count);
        shifts.Clear();
        scales.Clear();
        for (var row = 0; row < rowCount; row++)
        {
            var gradient = gradients.Read(row, units.Start, units.Count, scratch.First);
            SpanMath.Apply(shifts, gradient, shifts, default(Add));
            var input = normalized.Read(row, units.Start, units.Count, scratch.Second);
            SpanMath.Apply(scales, gradient, input, scales, default(AddProduct));
        }

        // A single row was normalised by running averages, which do not depend on it.
        var rowWeight = rowCount > 1 ? 1f / rowCount : 0;
        SpanMath.Apply(shifts, _meanGradients.AsSpan(units.Start, units.Count), new Scale(rowWeight));
        SpanMath.Apply(scales, _meanProducts.AsSpan(units.Start, units.Count), new Scale(rowWeight));
    }

    /// <summary>Turns dL/dOutput of a row into dL/dInput, in place (Ioffe and Szegedy, section 3).</summary>
    public void Backward(ReadOnlySpan<float> normalized, Span<float> gradient)
    {
        SpanMath.Apply(gradient, normalized, _meanProducts, gradient, default(SubtractProduct));
        SpanMath.Apply(gradient, _meanGradients, _gains, gradient, default(SubtractMultiply));
    }

    private static Span<float> Of(TensorMemory values, WorkRange units) => values.Singles.Slice(units.Start, units.Count);
}
