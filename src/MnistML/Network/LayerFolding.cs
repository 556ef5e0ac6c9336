using MnistML.Native;
using MnistML.Network.Losses;

namespace MnistML.Network;

/// <summary>
/// Folds batch normalisation and the scaling of features and labels into a layer's weights and biases, in double precision. The model then
/// has plain layers only and computes what the trained network computes.
/// </summary>
internal static class LayerFolding
{
    /// <summary>
    /// One layer that computes <c>gain · (W · (x - mean) / deviation + b - runningMean) + shift</c>, with <c>gain = scale /
    /// √(runningVariance + ε)</c>, in the unit of the labels. Without scaling and normalisation, weights and biases stay the same, bit for
    /// bit.
    /// </summary>
    public static MlpLayerParameters Fold(
        LinearLayer layer, FeatureScale? features, BatchNormalization? normalization, TargetScale? targets)
    {
        var weights = TensorValues.ToDoubles(layer.Weights);
        var biases = TensorValues.ToDoubles(layer.Biases);
        if (features is not null)
        {
            FoldScale(weights, biases, features);
        }

        if (normalization is not null)
        {
            FoldNormalization(weights, biases, normalization);
        }

        if (targets is not null)
        {
            FoldTargetScale(weights, biases, targets);
        }

        return new MlpLayerParameters(layer.Shape, ToSingles(weights), ToSingles(biases));
    }

    /// <summary>
    /// The inverse for features and labels: weights and biases of a layer that computes from scaled features, on the scale of the targets,
    /// what the given one computes from plain features in the unit of the labels.
    /// </summary>
    public static (float[] Weights, float[] Biases) Unfold(MlpLayerParameters layer, FeatureScale? features, TargetScale? targets)
    {
        double[] weights = [.. layer.Weights.ToArray()];
        double[] biases = [.. layer.Biases.ToArray()];
        if (features is not null)
        {
            for (var i = 0; i < weights.Length; i++)
            {
                var (output, input) = Math.DivRem(i, features.Means.Length);
                biases[output] += weights[i] * features.Means[input];
                weights[i] *= features.Deviations[input];
            }
        }

        if (targets is not null)
        {
            FoldTargetScale(weights, biases, new TargetScale(-targets.Mean / targets.Deviation, 1 / targets.Deviation));
        }

        return (ToSingles(weights), ToSingles(biases));
    }

    private static void FoldScale(double[] weights, double[] biases, FeatureScale features)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            var (output, input) = Math.DivRem(i, features.Means.Length);
            weights[i] /= features.Deviations[input];
            biases[output] -= weights[i] * features.Means[input];
        }
    }

    private static void FoldNormalization(double[] weights, double[] biases, BatchNormalization normalization)
    {
        var scale = TensorValues.ToDoubles(normalization.Scale);
        var shift = TensorValues.ToDoubles(normalization.Shift);
        var mean = TensorValues.ToDoubles(normalization.RunningMean);
        var variance = TensorValues.ToDoubles(normalization.RunningVariance);
        var inputCount = weights.Length / biases.Length;
        for (var output = 0; output < biases.Length; output++)
        {
            var gain = scale[output] / Math.Sqrt(variance[output] + BatchNormalization.Epsilon);
            biases[output] = (gain * (biases[output] - mean[output])) + shift[output];
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
