namespace MnistML.Samples.Explanation;

/// <summary>The forward pass of a network, written out layer by layer, from the features to the logits.</summary>
internal static class ForwardPass
{
    /// <summary>The slope of a leaky rectified linear unit below 0.</summary>
    public const double LeakySlope = 0.01;

    /// <summary>The logits of one row, in double precision.</summary>
    public static double[] Logits(MlpModelParameters model, ReadOnlySpan<float> features)
    {
        var values = new double[features.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = features[i];
        }

        foreach (var (index, layer) in model.Layers.Index())
        {
            values = Multiply(layer, values);
            if (index < model.Layers.Count - 1)
            {
                values = [.. values.Select(value => Activate(model.Architecture.Activation, value))];
            }
        }

        return values;
    }

    /// <summary>weights · input + biases.</summary>
    public static double[] Multiply(MlpLayerParameters layer, double[] input)
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
}
