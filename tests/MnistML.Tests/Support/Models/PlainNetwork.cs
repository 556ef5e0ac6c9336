namespace MnistML.Tests.Support;

/// <summary>The forward pass in plain loops and double precision, by the textbook's formulas.</summary>
internal static class PlainNetwork
{
    /// <summary>The outputs of a network; of an ensemble the logits of the mean probabilities, or the mean.</summary>
    public static double[] Logits(MlpModelParameters model, float[] features)
    {
        double[][] members = [.. model.Members.Select(member => LogitsOfMember(member, features))];
        return model.Members.Count == 1 ? members[0] : model.Architecture.Task switch
        {
            MlpTask.Multiclass => [.. Mean(members.Select(logits => Softmax(logits))).Select(probability => Math.Log(probability))],
            MlpTask.Binary => [LogitOf(members.Average(logits => Softmax([logits[0], 0])[0]))],
            _ => Mean(members),
        };
    }

    private static double LogitOf(double probability) => Math.Log(probability / (1 - probability));

    private static double[] Mean(IEnumerable<double[]> rows) =>
        [.. Enumerable.Range(0, rows.First().Length).Select(i => rows.Average(row => row[i]))];

    private static double[] Encode(MlpModelParameters model, float[] features) => model.Encoding is not { Columns: var columns }
        ? [.. features.Select(feature => (double)feature)]
        : [.. columns.Select(column => column.IsBin
            ? Math.Clamp(((double)features[column.Feature] - column.Low) / ((double)column.High - column.Low), 0, 1)
            : features[column.Feature])];

    private static double[] LogitsOfMember(MlpModelParameters model, float[] features)
    {
        var values = Encode(model, features);
        for (var index = 0; index < model.Layers.Count; index++)
        {
            var layer = model.Layers[index];
            var outputs = new double[layer.Shape.OutputSize];
            for (var row = 0; row < outputs.Length; row++)
            {
                outputs[row] = layer.Biases.Span[row];
                for (var column = 0; column < values.Length; column++)
                {
                    outputs[row] += layer.Weights.Span[(row * values.Length) + column] * values[column];
                }

                if (index < model.Layers.Count - 1)
                {
                    outputs[row] = Activate(model.Architecture.Activation, outputs[row]);
                }
            }

            values = outputs;
        }

        return values;
    }

    public static double[] Probabilities(MlpModelParameters model, float[] features) => Softmax(Logits(model, features));

    public static double[] LogProbabilities(MlpModelParameters model, float[] features) =>
        [.. Probabilities(model, features).Select(probability => Math.Log(probability))];

    public static double[] Softmax(double[] logits)
    {
        double[] powers = [.. logits.Select(logit => Math.Exp(logit - logits.Max()))];
        return [.. powers.Select(power => power / powers.Sum())];
    }

    private static double Activate(MlpActivation activation, double x) => activation switch
    {
        MlpActivation.Relu => x > 0 ? x : 0,
        MlpActivation.LeakyRelu => x > 0 ? x : 0.01 * x,
        MlpActivation.Gelu => x * 0.5 * (1 + Erf(x / Math.Sqrt(2))),
        MlpActivation.Silu => x / (1 + Math.Exp(-x)),
        MlpActivation.Tanh => Math.Tanh(x),
        MlpActivation.Sigmoid => 1 / (1 + Math.Exp(-x)),
        _ => throw new ArgumentOutOfRangeException(nameof(activation)),
    };

    /// <summary>
    /// The error function by the series 2/√π · exp(-x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)), whose terms all have one sign.
    /// </summary>
    private static double Erf(double x)
    {
        double term = x, sum = x;
        for (var n = 1; n < 200; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
