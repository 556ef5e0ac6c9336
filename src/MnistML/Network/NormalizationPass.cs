namespace MnistML.Network;

/// <summary>
/// Batch normalisation forward and backward by hand, over the rows of a batch. Sums over rows go unit by unit, so that each is one worker's and is
/// added in one order whatever the number of workers.
/// </summary>
/// <param name="normalization">Whose parameters it takes and whose averages it keeps, on the processor.</param>
/// <param name="unitCount">Units of the layer.</param>
internal sealed class NormalizationPass(BatchNormalization normalization, int unitCount)
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
    public void Measure(RowValues values, int rowCount, Share units, Span<float> scratch)
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
                VectorLoops.Apply(means, values.Open(row, units.Start, units.Count, scratch), means, default(Plus));
            }

            VectorLoops.Apply(means, means, new Times(1f / rowCount));
            inverses.Clear();
            for (var row = 0; row < rowCount; row++)
            {
                VectorLoops.Apply(inverses, values.Open(row, units.Start, units.Count, scratch), means, inverses, default(PlusSquaredDifference));
            }

            VectorLoops.Apply(runningMeans, means, runningMeans, new Blend(1 - Momentum, Momentum));
            VectorLoops.Apply(runningVariances, inverses, runningVariances, new Blend(1 - Momentum, Momentum / (rowCount - 1)));
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
    public void Normalize(Span<float> row) => VectorLoops.Apply(row, _means, _inverseDeviations, row, default(MinusTimes));

    /// <summary>What the activation takes, from a normalised row.</summary>
    public void Scale(ReadOnlySpan<float> normalized, Span<float> outputs) =>
        VectorLoops.Apply(normalized, _scale.Singles, _shift.Singles, outputs, default(TimesPlus));

    /// <summary>The gradients of scale and shift for a worker's units.</summary>
    public void SumUp(RowValues normalized, RowValues derivatives, int rowCount, Share units, Span<float> scratch, Span<float> otherScratch)
    {
        var shifts = ShiftGradient.AsSpan(units.Start, units.Count);
        var scales = ScaleGradient.AsSpan(units.Start, units.Count);
        shifts.Clear();
        scales.Clear();
        for (var row = 0; row < rowCount; row++)
        {
            var derivative = derivatives.Open(row, units.Start, units.Count, scratch);
            VectorLoops.Apply(shifts, derivative, shifts, default(Plus));
            VectorLoops.Apply(scales, derivative, normalized.Open(row, units.Start, units.Count, otherScratch), scales, default(PlusProduct));
        }

        // A single row was normalised by averages that it has no part in.
        var share = rowCount > 1 ? 1f / rowCount : 0;
        VectorLoops.Apply(shifts, _meanDerivatives.AsSpan(units.Start, units.Count), new Times(share));
        VectorLoops.Apply(scales, _meanProducts.AsSpan(units.Start, units.Count), new Times(share));
    }

    /// <summary>Makes a row's derivatives by the scaled values those by the values that came in (Ioffe and Szegedy, section 3).</summary>
    public void Return(ReadOnlySpan<float> normalized, Span<float> derivatives)
    {
        VectorLoops.Apply(derivatives, normalized, _meanProducts, derivatives, default(MinusProduct));
        VectorLoops.Apply(derivatives, _meanDerivatives, _gains, derivatives, default(MinusTimes));
    }

    private static Span<float> Of(TensorMemory values, Share units) => values.Singles.Slice(units.Start, units.Count);
}
