using MnistML.Common;
using MnistML.Network;
using static TorchSharp.torch;

namespace MnistML;

/// <summary>
/// How the weights are set before training. Biases are always drawn from U(-1/√fan_in, 1/√fan_in), PyTorch's default, where fan_in is
/// the number of the layer's inputs and fan_out the number of its outputs.
/// </summary>
public sealed record MlpInitializer
{
    private MlpInitializer(InitializerRule rule) => Rule = rule;

    private enum InitializerRule
    {
        Default,
        Normal,
        XavierUniform,
        XavierNormal,
        KaimingUniform,
        KaimingNormal,
    }

    /// <summary>U(-1/√fan_in, 1/√fan_in): the default of PyTorch's <c>nn.Linear</c>.</summary>
    public static MlpInitializer Default { get; } = new(InitializerRule.Default);

    /// <summary>U(-a, a) with a = √(6 / (fan_in + fan_out)) (Glorot and Bengio, 2010).</summary>
    public static MlpInitializer XavierUniform { get; } = new(InitializerRule.XavierUniform);

    /// <summary>N(0, 2 / (fan_in + fan_out)) (Glorot and Bengio, 2010).</summary>
    public static MlpInitializer XavierNormal { get; } = new(InitializerRule.XavierNormal);

    /// <summary>U(-a, a) with a = √(6 / fan_in), made for rectifiers (He, Zhang, Ren and Sun, 2015).</summary>
    public static MlpInitializer KaimingUniform { get; } = new(InitializerRule.KaimingUniform);

    /// <summary>N(0, 2 / fan_in), made for rectifiers (He, Zhang, Ren and Sun, 2015).</summary>
    public static MlpInitializer KaimingNormal { get; } = new(InitializerRule.KaimingNormal);

    private InitializerRule Rule { get; }

    /// <summary>The standard deviation of <see cref="Normal"/>; null for the other rules.</summary>
    [Above(0)]
    public double? StandardDeviation { get; private init; }

    /// <summary>N(0, std²), the same for every layer.</summary>
    /// <param name="std">Standard deviation, above 0.</param>
    public static MlpInitializer Normal(double std) => new(InitializerRule.Normal) { StandardDeviation = std };

    /// <summary>The rule's name, with its standard deviation if it has one.</summary>
    public override string ToString() => StandardDeviation is { } std ? FormattableString.Invariant($"{Rule}({std})") : $"{Rule}";

    /// <summary>
    /// Draws all weights and biases of a network, layer by layer, and in a layer member by member, weights first. It draws on the
    /// processor, so that they are the same on
    /// every device.
    /// </summary>
    internal void Initialize(MlpNetwork network, Generator generator)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        foreach (var layer in network.Layers)
        {
            for (var member = 0; member < layer.MemberCount; member++)
            {
                layer.WeightsOf(member).copy_(DrawWeights(layer.Shape, generator));
                layer.BiasesOf(member).copy_(Uniform(DefaultBound(layer.Shape), generator, layer.Shape.OutputSize));
            }
        }
    }

    private Tensor DrawWeights(MlpLayerShape shape, Generator generator)
    {
        double fanIn = shape.InputSize;
        var fanSum = fanIn + shape.OutputSize;
        long[] size = [shape.OutputSize, shape.InputSize];
        return Rule switch
        {
            InitializerRule.Normal => Gaussian(StandardDeviation!.Value, generator, size),
            InitializerRule.XavierUniform => Uniform(Math.Sqrt(6 / fanSum), generator, size),
            InitializerRule.XavierNormal => Gaussian(Math.Sqrt(2 / fanSum), generator, size),
            InitializerRule.KaimingUniform => Uniform(Math.Sqrt(6 / fanIn), generator, size),
            InitializerRule.KaimingNormal => Gaussian(Math.Sqrt(2 / fanIn), generator, size),
            _ => Uniform(DefaultBound(shape), generator, size),
        };
    }

    private static double DefaultBound(MlpLayerShape shape) => 1 / Math.Sqrt(shape.InputSize);

    private static Tensor Uniform(double bound, Generator generator, params long[] size) =>
        empty(size, ScalarType.Float32, CPU).uniform_(-bound, bound, generator);

    private static Tensor Gaussian(double standardDeviation, Generator generator, params long[] size) =>
        empty(size, ScalarType.Float32, CPU).normal_(0, standardDeviation, generator);
}
