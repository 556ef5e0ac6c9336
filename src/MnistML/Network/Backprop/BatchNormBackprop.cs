using MnistML.Native;
using MnistML.Network.Matrices;
using MnistML.Network.Workers;
using MnistML.Vectors;

namespace MnistML.Network.Backprop;

/// <summary>
/// Batch normalisation forward and backward over the rows of a batch, without autograd. Each worker sums its own units over all rows, so
/// that the order of summation does not depend on the number of workers. Where other processes have rows of the batch too, sums over a
/// process's rows are summed once more, in double precision.
/// </summary>
/// <param name="normalization">The layer's batch normalisation, on the processor; its running averages are updated.</param>
/// <param name="unitCount">The number of units of the layer.</param>
/// <param name="scaleGradient">Memory for dL/dγ.</param>
/// <param name="shiftGradient">Memory for dL/dβ.</param>
/// <param name="sumOverGroup">Sums over the processes that share a batch; null where the statistics are those of these rows.</param>
internal sealed class BatchNormBackprop(
    BatchNormalization normalization,
    int unitCount,
    TensorMemory scaleGradient,
    TensorMemory shiftGradient,
    GroupSum? sumOverGroup = null)
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
    private readonly double[] _groupSums = new double[sumOverGroup is null ? 0 : 2 * unitCount];

    /// <summary>dL/dγ.</summary>
    public Span<float> ScaleGradient => scaleGradient.Singles;

    /// <summary>dL/dβ.</summary>
    public Span<float> ShiftGradient => shiftGradient.Singles;

    /// <summary>Whether <see cref="SumStatistics"/> and <see cref="SumMeanGradients"/> have anything to do.</summary>
    public bool IsSynchronized => sumOverGroup is not null;

    /// <summary>
    /// Computes mean and deviation of a worker's units over the batch, and updates the running averages. Where other processes have rows of
    /// it, it sums over those of this one, and <see cref="SumStatistics"/> does the rest.
    /// </summary>
    public void ComputeStatistics(MixedPrecisionRows values, int rowCount, WorkRange units, Span<float> scratch)
    {
        if (!IsSynchronized)
        {
            SumDifferences(values, rowCount, units, scratch);
            UpdateStatistics(rowCount, units);
            return;
        }

        var differences = FirstSums(units);
        var squares = SecondSums(units);
        differences.Clear();
        squares.Clear();
        for (var row = 0; row < rowCount; row++)
        {
            DoubleSums.AddDifferences(
                values.Read(row, units.Start, units.Count, scratch), Of(_runningMean, units), differences, squares);
        }
    }

    /// <summary>
    /// Ends <see cref="ComputeStatistics"/> of all units by one sum over the processes: of differences from the running mean, which all
    /// have, and of their squares.
    /// </summary>
    /// <param name="wholeRowCount">The rows of all.</param>
    public void SumStatistics(int wholeRowCount)
    {
        sumOverGroup!(_groupSums);
        var all = new WorkRange(0, unitCount);
        var differences = FirstSums(all);
        var squares = SecondSums(all);
        var running = _runningMean.Singles;
        for (var i = 0; i < unitCount; i++)
        {
            var difference = differences[i] / wholeRowCount;
            _means[i] = (float)(running[i] + difference);
            _inverseDeviations[i] = (float)Math.Max(squares[i] - (wholeRowCount * difference * difference), 0);
        }

        UpdateStatistics(wholeRowCount, all);
    }

    /// <summary>The mean of a worker's units, and the sum of squared differences from it, in place of the deviation.</summary>
    private void SumDifferences(MixedPrecisionRows values, int rowCount, WorkRange units, Span<float> scratch)
    {
        var means = _means.AsSpan(units.Start, units.Count);
        var squares = _inverseDeviations.AsSpan(units.Start, units.Count);
        means.Clear();
        for (var row = 0; row < rowCount; row++)
        {
            SpanMath.Apply(means, values.Read(row, units.Start, units.Count, scratch), means, default(Add));
        }

        SpanMath.Apply(means, means, new Scale(1f / Math.Max(rowCount, 1)));
        squares.Clear();
        for (var row = 0; row < rowCount; row++)
        {
            var inputs = values.Read(row, units.Start, units.Count, scratch);
            SpanMath.Apply(squares, inputs, means, squares, default(AddSquaredDifference));
        }
    }

    /// <summary>Updates the running averages, and computes what normalises, from the means and the sums of squared differences.</summary>
    private void UpdateStatistics(int rowCount, WorkRange units)
    {
        var means = _means.AsSpan(units.Start, units.Count);
        var inverses = _inverseDeviations.AsSpan(units.Start, units.Count);
        var runningMeans = Of(_runningMean, units);
        var runningVariances = Of(_runningVariance, units);
        if (rowCount == 0)
        {
            return;
        }

        if (rowCount > 1)
        {
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
        var shifts = ShiftGradient.Slice(units.Start, units.Count);
        var scales = ScaleGradient.Slice(units.Start, units.Count);
        if (IsSynchronized)
        {
            SumGradientInDoubles(normalized, gradients, rowCount, units, shifts, scales, scratch);
            return;
        }

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

    /// <summary>Ends <see cref="SumGradient"/> of all units where other processes have rows of the batch, by one sum over them.</summary>
    /// <param name="wholeRowCount">The rows of all.</param>
    public void SumMeanGradients(int wholeRowCount)
    {
        sumOverGroup!(_groupSums);
        var all = new WorkRange(0, unitCount);
        var shifts = FirstSums(all);
        var scales = SecondSums(all);
        var rowWeight = wholeRowCount > 1 ? 1.0 / wholeRowCount : 0;
        for (var i = 0; i < unitCount; i++)
        {
            (_meanGradients[i], _meanProducts[i]) = ((float)(shifts[i] * rowWeight), (float)(scales[i] * rowWeight));
        }
    }

    /// <summary>Turns dL/dOutput of a row into dL/dInput, in place (Ioffe and Szegedy, section 3).</summary>
    public void Backward(ReadOnlySpan<float> normalized, Span<float> gradient)
    {
        SpanMath.Apply(gradient, normalized, _meanProducts, gradient, default(SubtractProduct));
        SpanMath.Apply(gradient, _meanGradients, _gains, gradient, default(SubtractMultiply));
    }

    /// <summary>The gradients over this process's rows, in double precision for <see cref="SumMeanGradients"/> too.</summary>
    private void SumGradientInDoubles(
        MixedPrecisionRows normalized,
        MixedPrecisionRows gradients,
        int rowCount,
        WorkRange units,
        Span<float> shifts,
        Span<float> scales,
        WorkerScratch scratch)
    {
        var sums = FirstSums(units);
        var products = SecondSums(units);
        sums.Clear();
        products.Clear();
        for (var row = 0; row < rowCount; row++)
        {
            var gradient = gradients.Read(row, units.Start, units.Count, scratch.First);
            DoubleSums.AddWithProduct(gradient, normalized.Read(row, units.Start, units.Count, scratch.Second), sums, products);
        }

        for (var i = 0; i < units.Count; i++)
        {
            (shifts[i], scales[i]) = ((float)sums[i], (float)products[i]);
        }
    }

    private Span<double> FirstSums(WorkRange units) => _groupSums.AsSpan(units.Start, units.Count);

    private Span<double> SecondSums(WorkRange units) => _groupSums.AsSpan(unitCount + units.Start, units.Count);

    private static Span<float> Of(TensorMemory values, WorkRange units) => values.Singles.Slice(units.Start, units.Count);
}
