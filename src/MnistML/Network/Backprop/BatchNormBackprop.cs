using MnistML.Native;
using MnistML.Vectors;

namespace MnistML.Network.Backprop;

/// <summary>
/// Batch normalisation forward and backward by hand, over the rows of a batch. Sums over rows go unit by unit, so that each is one worker's and is
/// added in one order whatever the number of workers.
/// </summary>
/// <param name="normalization">Whose parameters it takes and whose averages it keeps, on the processor.</param>
/// <param name="unitCount">Units of the layer.</param>
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
    private readonly float[] _meanDerivatives = new float[unitCount];
    private readonly float[] _meanProducts = new float[unitCount];

    /// <summary>The gradient of γ.</summary>
    public float[] ScaleGradient { get; } = new float[unitCount];

    /// <summary>The gradient of β.</summary>
    public float[] ShiftGradient { get; } = new float[unitCount];

    /// <summary>Mean and deviation over the batch for a worker's units, and the running averages.</summary>
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
                SpanMath.Apply(inverses, values.Read(row, units.Start, units.Count, scratch), means, inverses, default(AddSquaredDifference));
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

    /// <summary>Brings a row to mean 0 and deviation 1.</summary>
    public void Normalize(Span<float> row) => SpanMath.Apply(row, _means, _inverseDeviations, row, default(SubtractMultiply));

    /// <summary>What the activation takes, from a normalised row.</summary>
    public void Scale(ReadOnlySpan<float> normalized, Span<float> outputs) =>
        SpanMath.Apply(normalized, _scale.Singles, _shift.Singles, outputs, default(MultiplyAdd));

    /// <summary>The gradients of scale and shift for a worker's units.</summary>
    public void SumGradient(MixedPrecisionRows normalized, MixedPrecisionRows derivatives, int rowCount, WorkRange units, Span<float> scratch, Span<float> otherScratch)
    {
        var shifts = ShiftGradient.AsSpan(units.Start, units.Count);
        var scales = ScaleGradient.AsSpan(units.Start, units.Count);
        shifts.Clear();
        scales.Clear();
        for (var row = 0; row < rowCount; row++)
        {
            var derivative = derivatives.Read(row, units.Start, units.Count, scratch);
            SpanMath.Apply(shifts, derivative, shifts, default(Add));
            SpanMath.Apply(scales, derivative, normalized.Read(row, units.Start, units.Count, otherScratch), scales, default(AddProduct));
        }

        // A single row was normalised by averages that it has no part in.
        var share = rowCount > 1 ? 1f / rowCount : 0;
        SpanMath.Apply(shifts, _meanDerivatives.AsSpan(units.Start, units.Count), new Scale(share));
        SpanMath.Apply(scales, _meanProducts.AsSpan(units.Start, units.Count), new Scale(share));
    }

    /// <summary>Makes a row's derivatives by the scaled values those by the values that came in (Ioffe and Szegedy, section 3).</summary>
    public void Backward(ReadOnlySpan<float> normalized, Span<float> derivatives)
    {
        SpanMath.Apply(derivatives, normalized, _meanProducts, derivatives, default(SubtractProduct));
        SpanMath.Apply(derivatives, _meanDerivatives, _gains, derivatives, default(SubtractMultiply));
    }

    private static Span<float> Of(TensorMemory values, WorkRange units) => values.Singles.Slice(units.Start, units.Count);
}
