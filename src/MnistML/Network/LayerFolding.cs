using MnistML.Model;
using MnistML.Native;
using MnistML.Network.Features;
using MnistML.Network.Losses;

namespace MnistML.Network;

/// <summary>
/// Folds batch normalisation, the learned factors and the encoding of features, and the scaling of labels into a layer's weights and
/// biases, in double precision. The model then has plain layers only and computes what the trained network computes.
/// </summary>
internal static class LayerFolding
{
    /// <summary>Weights that are held in double precision at once: few enough that a wide layer needs little more memory.</summary>
    private const int ValuesAtATime = 1 << 20;

    /// <summary>
    /// One member's layer that computes <c>gain · (W · inputs + b - runningMean) + shift</c>, with <c>gain = scale / √(runningVariance +
    /// ε)</c>, from the columns of the encoding and in the unit of the labels. Without any of them, weights and biases stay the same, bit
    /// for bit.
    /// </summary>
    /// <param name="layer">The layer of all members.</param>
    /// <param name="member">The member.</param>
    /// <param name="inputs">The encoding and the factors of its inputs, in the first layer.</param>
    /// <param name="normalization">The batch normalisation of its outputs; null for none.</param>
    /// <param name="targets">The scaling of labels, in the last layer.</param>
    /// <param name="isRounded">Whether weights of a large layer are rounded to what files hold in half the space.</param>
    public static MlpLayerParameters Fold(
        LinearLayer layer,
        int member,
        FoldedInputs? inputs,
        BatchNormalization? normalization,
        TargetScale? targets,
        bool isRounded = false)
    {
        var (inputSize, outputSize) = (layer.Shape.InputSize, layer.Shape.OutputSize);
        var columnCount = inputs?.Encoder?.ColumnCount ?? inputSize;
        var unitsAtATime = Math.Clamp(ValuesAtATime / inputSize, 1, outputSize);
        var (given, folded) = (new double[unitsAtATime * inputSize], new double[unitsAtATime * columnCount]);
        var biases = new double[unitsAtATime];
        var (weightsOfLayer, biasesOfLayer) = (new float[outputSize * columnCount], new float[outputSize]);
        for (var start = 0; start < outputSize; start += unitsAtATime)
        {
            var count = Math.Min(unitsAtATime, outputSize - start);
            var ofUnits = biases.AsSpan(0, count);
            layer.CopyTo(member, start, given.AsSpan(0, count * inputSize), ofUnits);
            FoldInputs(given.AsSpan(0, count * inputSize), ofUnits, inputs, folded.AsSpan(0, count * columnCount));
            if (normalization is not null)
            {
                FoldNormalization(folded.AsSpan(0, count * columnCount), ofUnits, normalization, (member * outputSize) + start);
            }

            if (targets is not null)
            {
                FoldTargetScale(folded.AsSpan(0, count * columnCount), ofUnits, targets);
            }

            ToSingles(folded.AsSpan(0, count * columnCount), weightsOfLayer.AsSpan(start * columnCount));
            ToSingles(ofUnits, biasesOfLayer.AsSpan(start));
        }

        if (isRounded)
        {
            HalfPrecision.Round(weightsOfLayer, columnCount);
        }

        return new MlpLayerParameters(new MlpLayerShape(columnCount, outputSize), weightsOfLayer, biasesOfLayer);
    }

    /// <summary>Folds factors and encoding into weights, <c>[units, inputs]</c>, which it changes, as it does the biases.</summary>
    private static void FoldInputs(Span<double> weights, Span<double> biases, FoldedInputs? inputs, Span<double> folded)
    {
        if (inputs?.Factors is { } factors)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] *= factors[i % factors.Length];
            }
        }

        if (inputs?.Encoder is { } encoder)
        {
            encoder.Fold(weights, biases, folded);
        }
        else
        {
            weights.CopyTo(folded);
        }
    }

    /// <summary>
    /// The inverse for features and labels: weights and biases of a layer that computes from encoded features, on the scale of the targets,
    /// what the given one computes from plain features, or from the columns of the same encoding, in the unit of the labels.
    /// </summary>
    public static (float[] Weights, float[] Biases) Unfold(MlpLayerParameters layer, FeatureEncoder? encoder, TargetScale? targets)
    {
        double[] weights = [.. layer.Weights.ToArray()];
        double[] biases = [.. layer.Biases.ToArray()];
        if (encoder is not null)
        {
            weights = encoder.Unfold(weights, biases);
        }

        if (targets is not null)
        {
            FoldTargetScale(weights, biases, new TargetScale(-targets.Mean / targets.Deviation, 1 / targets.Deviation));
        }

        return (Array.ConvertAll(weights, weight => (float)weight), Array.ConvertAll(biases, bias => (float)bias));
    }

    private static void FoldNormalization(Span<double> weights, Span<double> biases, BatchNormalization normalization, int firstUnit)
    {
        var scale = TensorValues.ToDoubles(normalization.Scale);
        var shift = TensorValues.ToDoubles(normalization.Shift);
        var mean = TensorValues.ToDoubles(normalization.RunningMean);
        var variance = TensorValues.ToDoubles(normalization.RunningVariance);
        var inputCount = weights.Length / biases.Length;
        for (var output = 0; output < biases.Length; output++)
        {
            var unit = firstUnit + output;
            var gain = scale[unit] / Math.Sqrt(variance[unit] + BatchNormalization.Epsilon);
            biases[output] = (gain * (biases[output] - mean[unit])) + shift[unit];
            foreach (ref var weight in weights.Slice(output * inputCount, inputCount))
            {
                weight *= gain;
            }
        }
    }

    private static void FoldTargetScale(Span<double> weights, Span<double> biases, TargetScale targets)
    {
        foreach (ref var weight in weights)
        {
            weight *= targets.Deviation;
        }

        foreach (ref var bias in biases)
        {
            bias = (bias * targets.Deviation) + targets.Mean;
        }
    }

    private static void ToSingles(ReadOnlySpan<double> values, Span<float> singles)
    {
        for (var i = 0; i < values.Length; i++)
        {
            singles[i] = (float)values[i];
        }
    }
}
