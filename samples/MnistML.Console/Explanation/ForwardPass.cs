namespace MnistML.Samples.Explanation;

/// <summary>The forward pass of a network, written out layer by layer, from the features to the logits.</summary>
internal static class ForwardPass
{
    /// <summary>The slope of a leaky rectified linear unit below 0.</summary>
    public const double LeakySlope = 0.01;

    /// <summary>
    /// The logits of one row, in double precision. Those of an ensemble are the logarithms of the mean of its networks' probabilities, so
    /// that their softmax is that mean.
    /// </summary>
    public static double[] Logits(MlpModelParameters model, ReadOnlySpan<float> features)
    {
        var inputs = Encode(model, features);
        double[][] members = [.. model.Members.Select(member => Sums(member, inputs)[^1])];
        return members is [var single] ? single : LogMeanProbabilities(members);
    }

    /// <summary>What the activation of each layer is given, the logits last, in a single network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="inputs">The inputs of its first layer.</param>
    public static double[][] Sums(MlpModelParameters network, double[] inputs)
    {
        var sums = new double[network.Layers.Count][];
        for (var index = 0; index < sums.Length; index++)
        {
            sums[index] = Multiply(network.Layers[index], inputs);
            inputs = [.. sums[index].Select(sum => Activate(network.Architecture.Activation, sum))];
        }

        return sums;
    }

    /// <summary>ln Σ eˣ, in which no power can overflow. Less than all values by it, logits are logarithms of probabilities.</summary>
    public static double LogSumExp(IEnumerable<double> values)
    {
        double[] all = [.. values];
        var largest = all.Max();
        return largest + Math.Log(all.Sum(value => Math.Exp(value - largest)));
    }

    /// <summary>weights · input + biases.</summary>
    private static double[] Multiply(MlpLayerParameters layer, double[] input)
    {
        var output = new double[layer.Shape.OutputSize];
        for (var unit = 0; unit < output.Length; unit++)
        {
            var weights = layer.Weights.Span.Slice(unit * input.Length, input.Length);
            var sum = (double)layer.Biases.Span[unit];
            for (var i = 0; i < input.Length; i++)
            {
                sum += weights[i] * input[i];
            }

            output[unit] = sum;
        }

        return output;
    }

    /// <summary>The value of an activation.</summary>
    public static double Activate(MlpActivation activation, double x) => activation switch
    {
        MlpActivation.Relu => Math.Max(x, 0),
        MlpActivation.LeakyRelu => x > 0 ? x : LeakySlope * x,
        MlpActivation.Gelu => x * NormalDistribution(x),
        MlpActivation.Silu => x / (1 + Math.Exp(-x)),
        MlpActivation.Tanh => Math.Tanh(x),
        MlpActivation.Sigmoid => 1 / (1 + Math.Exp(-x)),
        _ => throw new NotSupportedException($"The activation {activation} can't be explained."),
    };

    /// <summary>Φ(x) = 1/2 + φ(x) · (x + x³/3 + x⁵/(3·5) + …), a series whose terms all have one sign.</summary>
    public static double NormalDistribution(double x)
    {
        // Beyond eight deviations Φ is 0 or 1 within rounding.
        const double MaxDeviations = 8;
        if (Math.Abs(x) > MaxDeviations)
        {
            return x > 0 ? 1 : 0;
        }

        var (term, sum) = (x, 0.0);
        for (var divisor = 3; sum + term != sum; divisor += 2)
        {
            sum += term;
            term *= x * x / divisor;
        }

        return 0.5 + (sum * Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
    }

    private static double[] Encode(MlpModelParameters model, ReadOnlySpan<float> features)
    {
        if (model.Encoding is not { } encoding)
        {
            return Array.ConvertAll(features.ToArray(), value => (double)value);
        }

        var columns = new float[encoding.Columns.Count];
        encoding.Encode(features, columns);
        return Array.ConvertAll(columns, value => (double)value);
    }

    private static double[] LogMeanProbabilities(double[][] logits)
    {
        double[] sums = [.. logits.Select(LogSumExp)];
        return
        [
            .. Enumerable.Range(0, logits[0].Length).Select(label =>
                LogSumExp(logits.Zip(sums, (row, sum) => row[label] - sum)) - Math.Log(logits.Length)),
        ];
    }
}
