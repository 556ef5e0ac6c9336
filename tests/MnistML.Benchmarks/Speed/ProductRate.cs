using System.Diagnostics;
using static TorchSharp.torch;

namespace MnistML.Benchmarks.Speed;

/// <summary>
/// libtorch's own rate of matrix products, for the shapes that a network needs to learn from a batch. For each layer these are its outputs,
/// the gradient with respect to its weights and, except in the first layer, the gradient with respect to its inputs.
/// </summary>
internal static class ProductRate
{
    private const int WarmUps = 3;
    private const int Repetitions = 10;

    /// <summary>Floating-point operations of these products, for one row.</summary>
    public static double OperationsOfRow(MlpArchitecture architecture) =>
        architecture.Layers.Select((layer, index) => (index == 0 ? 4.0 : 6.0) * layer.WeightCount).Sum();

    /// <summary>Operations a second over all products of a batch, on libtorch's own threads.</summary>
    public static double Measure(MlpArchitecture architecture, int rows, ScalarType type)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var products = architecture.Layers.SelectMany((layer, index) => ProductsOf(layer, rows, type, hasInputs: index > 0)).ToArray();
        var seconds = products.Sum(product => Seconds(product.Left, product.Right));
        return rows * OperationsOfRow(architecture) / seconds;
    }

    private static IEnumerable<(Tensor Left, Tensor Right)> ProductsOf(MlpLayerShape layer, int rows, ScalarType type, bool hasInputs)
    {
        var inputs = rand(rows, layer.InputSize).to(type);
        var weights = rand(layer.OutputSize, layer.InputSize).to(type);
        var gradients = rand(rows, layer.OutputSize).to(type);
        yield return (inputs, weights.t());
        yield return (gradients.t(), inputs);
        if (hasInputs)
        {
            yield return (gradients, weights);
        }
    }

    private static double Seconds(Tensor left, Tensor right)
    {
        for (var i = 0; i < WarmUps; i++)
        {
            mm(left, right).Dispose();
        }

        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Repetitions; i++)
        {
            mm(left, right).Dispose();
        }

        return watch.Elapsed.TotalSeconds / Repetitions;
    }
}
