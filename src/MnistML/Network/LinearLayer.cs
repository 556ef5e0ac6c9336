using MnistML.Native;
using static TorchSharp.torch;

namespace MnistML.Network;

/// <summary>
/// A fully connected layer of all members in libtorch: <c>output = input · weightsᵀ + biases</c>. The first layer's members share their
/// inputs; in the others each reads the outputs of its own in the layer before. It owns both tensors.
/// </summary>
internal sealed class LinearLayer : IDisposable
{
    /// <param name="shape">The layer of one member.</param>
    /// <param name="memberCount">The number of members.</param>
    /// <param name="hasSharedInputs">Whether the members share their inputs.</param>
    /// <param name="settings">The type and the device.</param>
    public LinearLayer(MlpLayerShape shape, int memberCount, bool hasSharedInputs, NetworkSettings settings)
    {
        Shape = shape;
        MemberCount = memberCount;
        GroupCount = hasSharedInputs ? 1 : memberCount;
        var isByInput = hasSharedInputs && settings.HasSparseInputs;
        long[] size = isByInput ? [shape.InputSize, UnitCount] : [UnitCount, shape.InputSize];
        Parameter = zeros(size, settings.Type, settings.Device, requires_grad: true).DetachFromDisposeScope();
        Weights = isByInput ? Transposed(Parameter) : Parameter;
        Biases = zeros(UnitCount, settings.Type, settings.Device, requires_grad: true).DetachFromDisposeScope();
    }

    /// <summary>The layer of one member.</summary>
    public MlpLayerShape Shape { get; }

    public int MemberCount { get; }

    /// <summary>
    /// The number of products that the layer consists of: 1 where all units read the same inputs, else one for each member.
    /// </summary>
    public int GroupCount { get; }

    /// <summary>The units of all members.</summary>
    public int UnitCount => MemberCount * Shape.OutputSize;

    /// <summary>
    /// <c>[members · outputs, inputs]</c>, for a single member as in PyTorch's <c>nn.Linear</c>. Where the inputs are sparse it is a view
    /// of <see cref="Parameter"/>.
    /// </summary>
    public Tensor Weights { get; }

    /// <summary>The weights as they are stored and updated: output by output, or input by input where the inputs are sparse.</summary>
    public Tensor Parameter { get; }

    /// <summary><c>[members · outputs]</c>.</summary>
    public Tensor Biases { get; }

    public Tensor Forward(Tensor input) =>
        GroupCount == 1 ? nn.functional.linear(input, Weights, Biases) : Multiply(input, Weights) + Biases;

    /// <summary>The forward pass of training, whose product may be of another type; the result has the type of the parameters.</summary>
    public Tensor ForwardTraining(Tensor input, ScalarType productType) => productType == Weights.dtype
        ? Forward(input)
        : Multiply(input.to(productType), Weights.to(productType)).to(Weights.dtype) + Biases;

    /// <summary>One member's weights, <c>[outputs, inputs]</c>: a view. The caller's scope owns it.</summary>
    public Tensor WeightsOf(int member) => OfMember(Weights, member);

    /// <summary>One member's biases, <c>[outputs]</c>, likewise.</summary>
    public Tensor BiasesOf(int member) => OfMember(Biases, member);

    /// <summary>Copies the values of some units of one member, as many as there is memory for.</summary>
    public void CopyTo(int member, int firstUnit, Span<double> weights, Span<double> biases)
    {
        TensorValues.CopyTo(WeightsOf(member).narrow(0, firstUnit, biases.Length), weights);
        TensorValues.CopyTo(BiasesOf(member).narrow(0, firstUnit, biases.Length), biases);
    }

    /// <summary>Sets one member's values.</summary>
    public void Set(int member, float[] weights, float[] biases)
    {
        TensorValues.Set(WeightsOf(member), weights);
        TensorValues.Set(BiasesOf(member), biases);
    }

    public void Dispose()
    {
        Weights.Dispose();
        Parameter.Dispose();
        Biases.Dispose();
    }

    private static Tensor Transposed(Tensor parameter)
    {
        using var detached = parameter.detach();
        return detached.t().DetachFromDisposeScope();
    }

    private Tensor OfMember(Tensor values, int member) => values.narrow(0, (long)member * Shape.OutputSize, Shape.OutputSize);

    private Tensor Multiply(Tensor input, Tensor weights)
    {
        if (GroupCount == 1)
        {
            return nn.functional.linear(input, weights);
        }

        var ofMembers = input.view(input.shape[0], MemberCount, Shape.InputSize).transpose(0, 1);
        var products = ofMembers.bmm(weights.view(MemberCount, Shape.OutputSize, Shape.InputSize).transpose(1, 2));
        return products.transpose(0, 1).reshape(input.shape[0], UnitCount);
    }
}
