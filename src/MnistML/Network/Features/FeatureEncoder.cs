using MnistML.Native;
using MnistML.Vectors;
using static TorchSharp.torch;

namespace MnistML.Network.Features;

/// <summary>
/// Turns features into the inputs of the first layer: first each feature's own value, standardised or as a normal score, then its bins
/// less their means. All of them are linear in the columns of <see cref="Encoding"/>, so that they fold into the first layer of the
/// finished model.
/// </summary>
internal sealed class FeatureEncoder
{
    private readonly FeatureScale _scale;
    private readonly FeatureBins?[] _bins;
    private readonly bool _hasBinInputs;
    private readonly int[] _firstBin;
    private readonly int _binCount;
    private readonly float[] _means;
    private readonly float[] _inverseDeviations;
    private readonly float[] _lows;
    private readonly float[] _slopes;
    private readonly float[] _binMeans;
    private readonly float[] _steps;
    private readonly float[] _scoresOfMeans;

    /// <param name="scale">How features without scores are scaled.</param>
    /// <param name="bins">The bins of each feature; null for none. A null array is none for all.</param>
    /// <param name="hasBinInputs">Whether bins are inputs, or only carry the scores.</param>
    public FeatureEncoder(FeatureScale scale, FeatureBins?[]? bins = null, bool hasBinInputs = false)
    {
        _scale = scale;
        _bins = bins ?? new FeatureBins?[scale.Means.Length];
        _hasBinInputs = hasBinInputs;
        FeatureCount = scale.Means.Length;
        _means = Array.ConvertAll(scale.Means, mean => (float)mean);
        _inverseDeviations = Array.ConvertAll(scale.Deviations, deviation => (float)(1 / deviation));
        _firstBin = new int[FeatureCount];
        for (var i = 0; i < FeatureCount; i++)
        {
            _firstBin[i] = _binCount;
            _binCount += _bins[i]?.Count ?? 0;
        }

        Encoding = _binCount == 0 ? null : CreateEncoding();
        _lows = [.. BinColumns.Select(column => column.Low)];
        _slopes = [.. BinColumns.Select(column => column.Slope)];
        _binMeans = [.. _bins.SelectMany(feature => feature?.Means ?? [])];
        _steps = [.. _bins.SelectMany(StepsOf)];
        _scoresOfMeans = [.. Enumerable.Range(0, FeatureCount).Select(ScoreOfMeans)];
        InputCount = FeatureCount + (hasBinInputs ? _binCount : 0);
        FeatureOfInput =
        [
            .. Enumerable.Range(0, FeatureCount),
            .. hasBinInputs ? Enumerable.Range(0, FeatureCount).SelectMany(i => Enumerable.Repeat(i, _bins[i]?.Count ?? 0)) : [],
        ];
    }

    public int FeatureCount { get; }

    /// <summary>Inputs of the first layer in training.</summary>
    public int InputCount { get; }

    /// <summary>The feature that each input is made of.</summary>
    public int[] FeatureOfInput { get; }

    /// <summary>The columns that the finished model's first layer reads; null where it reads the features themselves.</summary>
    public MlpEncoding? Encoding { get; }

    /// <summary>The columns of <see cref="Encoding"/>, or the features where there is none.</summary>
    public int ColumnCount => Encoding?.Columns.Count ?? FeatureCount;

    private IEnumerable<MlpEncodedColumn> BinColumns => Encoding?.Columns.Skip(Encoding.ValueCount) ?? [];

    /// <summary>The number of values that <see cref="Encode(ReadOnlySpan{float}, Span{float}, Span{float})"/> needs as scratch.</summary>
    public int ScratchSize => _binCount;

    /// <summary>Encodes one row. Several threads may call it at once.</summary>
    /// <param name="features">The row's features.</param>
    /// <param name="inputs">Receives the inputs of the first layer; may be the features where there are no bins.</param>
    /// <param name="scratch">Memory of <see cref="ScratchSize"/>.</param>
    public void Encode(ReadOnlySpan<float> features, Span<float> inputs, Span<float> scratch)
    {
        if (_binCount == 0)
        {
            SpanMath.Apply(features, _means, _inverseDeviations, inputs[..FeatureCount], default(SubtractMultiply));
            return;
        }

        var bins = _hasBinInputs ? inputs[FeatureCount..] : scratch[.._binCount];
        for (var i = 0; i < FeatureCount; i++)
        {
            var value = features[i];
            inputs[i] = (value - _means[i]) * _inverseDeviations[i];
            if (_bins[i] is { } feature)
            {
                var (start, count) = (_firstBin[i], feature.Count);
                var score = PiecewiseLinear.Encode(
                    value,
                    _lows.AsSpan(start, count),
                    _slopes.AsSpan(start, count),
                    _binMeans.AsSpan(start, count),
                    _steps.AsSpan(start, count),
                    bins.Slice(start, count));
                if (feature.Scores is not null)
                {
                    inputs[i] = _scoresOfMeans[i] + score;
                }
            }
        }
    }

    /// <summary>Encodes the features of a row that are not zero, in place. Zeros must stay zeros.</summary>
    /// <param name="slots">The features.</param>
    /// <param name="values">Their values.</param>
    public void ScaleEntries(ReadOnlySpan<int> slots, Span<float> values)
    {
        for (var i = 0; i < slots.Length; i++)
        {
            values[i] *= _inverseDeviations[slots[i]];
        }
    }

    /// <summary>Encodes rows, <c>[rows, features]</c> in float32 on the processor, to <c>[rows, inputs]</c>.</summary>
    public Tensor Encode(Tensor features)
    {
        var rowCount = (int)features.shape[0];
        var result = empty([rowCount, InputCount], ScalarType.Float32, CPU);
        var from = new TensorMemory(features).Singles;
        var to = new TensorMemory(result).Singles;
        var scratch = new float[ScratchSize];
        for (var row = 0; row < rowCount; row++)
        {
            Encode(from.Slice(row * FeatureCount, FeatureCount), to.Slice(row * InputCount, InputCount), scratch);
        }

        return result;
    }

    /// <summary>
    /// Folds the encoding into a layer: from weights of the inputs to weights of the columns of <see cref="Encoding"/>, or of the features
    /// where there is none.
    /// </summary>
    /// <param name="weights"><c>[outputs, inputs]</c>.</param>
    /// <param name="biases">Changed so that the layer computes the same.</param>
    /// <param name="folded">Overwritten by the result, <c>[outputs, columns]</c>.</param>
    public void Fold(ReadOnlySpan<double> weights, Span<double> biases, Span<double> folded)
    {
        var columnCount = ColumnCount;
        var valueCount = columnCount - _binCount;
        folded.Clear();
        for (var output = 0; output < biases.Length; output++)
        {
            var from = weights.Slice(output * InputCount, InputCount);
            var to = folded.Slice(output * columnCount, columnCount);
            var bins = to[valueCount..];
            ref var bias = ref biases[output];
            var value = 0;
            for (var i = 0; i < FeatureCount; i++)
            {
                if (_bins[i] is { Scores: { } scores } feature)
                {
                    bias += from[i] * scores[0];
                    for (var bin = 0; bin < feature.Count; bin++)
                    {
                        bins[_firstBin[i] + bin] += from[i] * ((double)scores[bin + 1] - scores[bin]);
                    }
                }
                else
                {
                    to[value] = from[i] / _scale.Deviations[i];
                    bias -= to[value++] * _scale.Means[i];
                }
            }

            for (var bin = 0; _hasBinInputs && bin < _binCount; bin++)
            {
                bins[bin] += from[FeatureCount + bin];
                bias -= from[FeatureCount + bin] * _binMeans[bin];
            }
        }
    }

    /// <summary>
    /// The inverse: weights of the inputs from those of the columns. Scores get none, since bins can carry all that they carry.
    /// </summary>
    /// <param name="weights"><c>[outputs, columns]</c>.</param>
    /// <param name="biases">Changed so that the layer computes the same.</param>
    public double[] Unfold(double[] weights, double[] biases)
    {
        var columnCount = ColumnCount;
        var valueCount = columnCount - _binCount;
        var unfolded = new double[biases.Length * InputCount];
        for (var output = 0; output < biases.Length; output++)
        {
            var from = weights.AsSpan(output * columnCount, columnCount);
            var to = unfolded.AsSpan(output * InputCount, InputCount);
            var value = 0;
            for (var i = 0; i < FeatureCount; i++)
            {
                if (_bins[i] is not { Scores: not null })
                {
                    biases[output] += from[value] * _scale.Means[i];
                    to[i] = from[value++] * _scale.Deviations[i];
                }
            }

            for (var bin = 0; bin < _binCount; bin++)
            {
                to[FeatureCount + bin] = from[valueCount + bin];
                biases[output] += from[valueCount + bin] * _binMeans[bin];
            }
        }

        return unfolded;
    }

    private MlpEncoding CreateEncoding() => new(
        FeatureCount,
        [
            .. Enumerable.Range(0, FeatureCount).Where(i => _bins[i]?.Scores is null).Select(i => new MlpEncodedColumn(i)),
            .. Enumerable.Range(0, FeatureCount).SelectMany(i => _bins[i] is { Edges: var edges }
                ? edges.Zip(edges.Skip(1), (low, high) => new MlpEncodedColumn(i, low, high))
                : []),
        ]);

    private static float[] StepsOf(FeatureBins? feature) => feature is null ? []
        : feature.Scores is { } scores ? [.. scores.Zip(scores.Skip(1), (before, after) => after - before)]
        : new float[feature.Count];

    private float ScoreOfMeans(int index) => _bins[index] is { Scores: { } scores } feature
        ? scores[0] + SpanMath.Dot(feature.Means, StepsOf(feature))
        : 0;
}
