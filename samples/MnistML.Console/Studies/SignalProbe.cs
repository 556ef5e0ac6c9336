using Microsoft.ML;
using Microsoft.ML.Data;

namespace MnistML.Samples.Studies;

/// <summary>How much of the difference between images arrives at a network's outputs before it has learnt anything.</summary>
internal static class SignalProbe
{
    /// <summary>So little that no weight changes by the one update that there must be.</summary>
    private const double NoLearning = 1e-30;

    private const int ImageCount = 100;

    /// <summary>The standard deviation of the logits over images, as the root of its mean square over classes.</summary>
    public static double Measure(MLContext mlContext, MlpTrainer.Options options, IDataView images)
    {
        var untrained = options with { Optimizer = MlpOptimizer.Sgd(NoLearning), MaxEpochs = 1 };
        using var network = mlContext.MulticlassClassification.Trainers.Mlp(mlContext, untrained).Fit(mlContext.Data.TakeRows(images, 1));
        var logits = mlContext.Data.TakeRows(images, ImageCount).GetColumn<float[]>(options.FeatureColumnName)
            .Select(features => ComputeLogits(network.Model, features)).ToArray();
        var variances = Enumerable.Range(0, logits[0].Length).Select(index =>
        {
            var mean = logits.Average(row => row[index]);
            return logits.Average(row => (row[index] - mean) * (row[index] - mean));
        });
        return Math.Sqrt(variances.Average());
    }

    private static double[] ComputeLogits(MlpModelParameters model, float[] features)
    {
        var values = Array.ConvertAll(features, value => (double)value);
        foreach (var (index, layer) in model.Layers.Index())
        {
            var outputs = ComputeSums(layer, values);
            values = index + 1 < model.Layers.Count
                ? Array.ConvertAll(outputs, sum => Activate(model.Architecture.Activation, sum))
                : outputs;
        }

        return values;
    }

    private static double[] ComputeSums(MlpLayerParameters layer, double[] inputs)
    {
        var weights = layer.Weights.Span;
        var biases = layer.Biases.Span;
        var sums = new double[biases.Length];
        for (var output = 0; output < sums.Length; output++)
        {
            sums[output] = biases[output];
            var row = weights.Slice(output * inputs.Length, inputs.Length);
            for (var input = 0; input < inputs.Length; input++)
            {
                sums[output] += row[input] * inputs[input];
            }
        }

        return sums;
    }

    private static double Activate(MlpActivation activation, double sum) => activation switch
    {
        MlpActivation.Relu => Math.Max(0, sum),
        MlpActivation.Sigmoid => 1 / (1 + Math.Exp(-sum)),
        _ => throw new NotSupportedException($"{activation} is in no study."),
    };
}
