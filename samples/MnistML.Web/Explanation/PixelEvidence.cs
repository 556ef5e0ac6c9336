using MnistML.Samples.Explanation;

namespace MnistML.Web.Explanation;

/// <summary>
/// Which inputs spoke for one class and against another: for each input, its value times the gradient of the difference of their logits.
/// </summary>
/// <remarks>
/// A network of rectified linear units is linear around an input, so there the difference of the logits is the sum over all inputs and what
/// the biases add. For other activations this is a linear approximation. See Shrikumar et al., "Not Just a Black Box" (2016).
/// </remarks>
internal static class PixelEvidence
{
    /// <summary>Whether there is one plain network, and not an ensemble or one behind an encoding.</summary>
    public static bool CanExplain(MlpModelParameters model) => model.Members.Count <= 1 && model.Encoding is null;

    /// <summary>Computes the contribution of each input to the logit of a class less that of another.</summary>
    /// <param name="model">The network.</param>
    /// <param name="features">Its inputs.</param>
    /// <param name="label">The zero-based class that inputs may speak for.</param>
    /// <param name="against">The class that they may speak for instead.</param>
    public static double[] Compute(MlpModelParameters model, ReadOnlySpan<float> features, int label, int against)
    {
        // Forward, keeping what each activation was given.
        var activation = model.Architecture.Activation;
        double[] values = [.. features.ToArray().Select(value => (double)value)];
        var sums = new List<double[]>();
        foreach (var layer in model.Layers)
        {
            sums.Add(ForwardPass.Multiply(layer, values));
            values = [.. sums[^1].Select(sum => ForwardPass.Activate(activation, sum))];
        }

        // Backward, from the difference of the two logits, which no activation follows.
        var gradient = new double[sums[^1].Length];
        gradient[label] += 1;
        gradient[against] -= 1;
        for (var index = model.Layers.Count - 1; index >= 0; index--)
        {
            if (index < model.Layers.Count - 1)
            {
                for (var unit = 0; unit < gradient.Length; unit++)
                {
                    gradient[unit] *= Slope(activation, sums[index][unit]);
                }
            }

            gradient = MultiplyTransposed(model.Layers[index], gradient);
        }

        for (var i = 0; i < gradient.Length; i++)
        {
            gradient[i] *= features[i];
        }

        return gradient;
    }

    /// <summary>weightsᵀ · gradient.</summary>
    private static double[] MultiplyTransposed(MlpLayerParameters layer, double[] gradient)
    {
        var inputs = new double[layer.Shape.InputSize];
        for (var unit = 0; unit < gradient.Length; unit++)
        {
            if (gradient[unit] != 0)
            {
                var weights = layer.Weights.Span.Slice(unit * inputs.Length, inputs.Length);
                for (var i = 0; i < inputs.Length; i++)
                {
                    inputs[i] += weights[i] * gradient[unit];
                }
            }
        }

        return inputs;
    }

    /// <summary>The derivative of an activation.</summary>
    private static double Slope(MlpActivation activation, double x) => activation switch
    {
        MlpActivation.Relu => x > 0 ? 1 : 0,
        MlpActivation.LeakyRelu => x > 0 ? 1 : ForwardPass.LeakySlope,
        MlpActivation.Gelu => ForwardPass.NormalDistribution(x) + (x * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI)),
        MlpActivation.Silu => Sigmoid(x) * (1 + (x * (1 - Sigmoid(x)))),
        MlpActivation.Tanh => 1 - (Math.Tanh(x) * Math.Tanh(x)),
        MlpActivation.Sigmoid => Sigmoid(x) * (1 - Sigmoid(x)),
        _ => throw new NotSupportedException($"The activation {activation} can't be explained."),
    };

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
