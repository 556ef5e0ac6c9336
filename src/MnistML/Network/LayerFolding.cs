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
    public static MlpLayerParameters Fold(
        LinearLayer layer, int member, FoldedInputs? inputs, BatchNormalization? normalization, TargetScale? targets)
    {
        var (weights, biases) = layer.ToDoubles(member);
        if (inputs?.Factors is { } factors)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                weights[i] *= factors[i % factors.Length];
            }
        }

        if (inputs?.Encoder is { } encoder)
        {
            weights = encoder.Fold(weights, biases);
        }

        if (normalization is not null)
        {
            FoldNormalization(weights, biases, normalization, member * biases.Length);
        }

        if (targets is not null)
        {
            FoldTargetScale(weights, biases, targets);
        }

        return new MlpLayerParameters(
            new MlpLayerShape(weights.Length / biases.Length, biases.Length), ToSingles(weights), ToSingles(biases));
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

        return (ToSingles(weights), ToSingles(biases));
    }

    private static void FoldNormalization(double[] weights, double[] biases, BatchNormalization normalization, int firstUnit)
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
            foreach (ref var weight in weights.AsSpan(output * inputCount, inputCount))
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

    private static float[] ToSingles(double[] values) => Array.ConvertAll(values, value => (float)value);
}
