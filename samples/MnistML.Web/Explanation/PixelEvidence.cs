using MnistML.Samples.Explanation;

namespace MnistML.Web.Explanation;

/// <summary>
/// Which inputs spoke for one class and against another: for each input, its value times the gradient of the difference of their logits.
/// </summary>
/// <remarks>
/// A network of rectified linear units is linear around an input, so there the difference of the logits is the sum over all inputs and what
/// the biases add. For other activations, and for an ensemble, this is a linear approximation. See Shrikumar et al., "Not Just a Black Box"
/// (2016).
/// </remarks>
internal static class PixelEvidence
{
    /// <summary>Whether the networks read the inputs themselves, without an encoding.</summary>
    public static bool CanExplain(MlpModelParameters model) => model.Encoding is null;

    /// <summary>Computes the contribution of each input to the logit of a class less that of another.</summary>
    /// <param name="model">The network, or the ensemble.</param>
    /// <param name="features">Its inputs.</param>
    /// <param name="label">The zero-based class that inputs may speak for.</param>
    /// <param name="against">The class that they may speak for instead.</param>
    public static double[] Compute(MlpModelParameters model, ReadOnlySpan<float> features, int label, int against)
    {
        var inputs = Array.ConvertAll(features.ToArray(), value => (double)value);
        double[][][] sums = [.. model.Members.Select(member => ForwardPass.Sums(member, inputs))];
        var forLabel = LogitGradients(sums, label);
        var forOther = LogitGradients(sums, against);
        var evidence = new double[inputs.Length];
        for (var member = 0; member < sums.Length; member++)
        {
            double[] difference = [.. forLabel[member].Zip(forOther[member], (one, other) => one - other)];
            var gradient = Backward(model.Members[member], sums[member], difference);
            for (var i = 0; i < evidence.Length; i++)
            {
                evidence[i] += gradient[i] * inputs[i];
            }
        }

        return evidence;
    }

    /// <summary>
    /// The gradient of the logarithm of a class's mean probability, for each network's logits. It is the gradient of that network's own,
    /// <c>δ - p</c>, times its share in the sum of their probabilities.
    /// </summary>
    private static double[][] LogitGradients(double[][][] sums, int label)
    {
        double[][] logProbabilities = [.. sums.Select(member =>
        {
            var logSum = ForwardPass.LogSumExp(member[^1]);
            return member[^1].Select(logit => logit - logSum).ToArray();
        })];
        var total = ForwardPass.LogSumExp(logProbabilities.Select(member => member[label]));
        return [.. logProbabilities.Select(member =>
        {
            var share = Math.Exp(member[label] - total);
            return member.Select((logarithm, index) => share * ((index == label ? 1 : 0) - Math.Exp(logarithm))).ToArray();
        })];
    }

    /// <summary>The gradient for a network's inputs, from that for its logits, which no activation follows.</summary>
    private static double[] Backward(MlpModelParameters network, double[][] sums, double[] gradient)
    {
        for (var index = network.Layers.Count - 1; index >= 0; index--)
        {
            if (index < network.Layers.Count - 1)
            {
                for (var unit = 0; unit < gradient.Length; unit++)
                {
                    gradient[unit] *= Slope(network.Architecture.Activation, sums[index][unit]);
                }
            }

            gradient = MultiplyTransposed(network.Layers[index], gradient);
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
