using MnistML.Native;
using static TorchSharp.torch;

namespace MnistML.Network.Backprop;

/// <summary>
/// Memory for the gradient of each parameter. Where processes of a group sum it, all lie one behind the other in a single tensor, into
/// which the passes write, with further sums of a step at its end. It owns its tensors.
/// </summary>
internal sealed class GradientMemory : IDisposable
{
    /// <summary>Values in a line of the processor's cache, where each parameter begins.</summary>
    private const int Alignment = 16;

    /// <summary>Values at the end for what else is summed in a step.</summary>
    private const int ExtraCount = 4;

    private readonly int[] _sizes;
    private readonly int[] _starts;
    private readonly Tensor? _all;
    private readonly TensorMemory _allMemory;
    private readonly List<Tensor> _owned = [];

    /// <param name="network">The network whose parameters are learned.</param>
    /// <param name="isSummed">Whether the gradient is summed over a group.</param>
    /// <exception cref="ArgumentException">It is summed, and takes more than 2 GiB.</exception>
    public GradientMemory(MlpNetwork network, bool isSummed)
    {
        _sizes = [.. network.Parameters.Select(parameter => (int)parameter.numel())];
        _starts = new int[_sizes.Length];
        if (!isSummed)
        {
            return;
        }

        var total = 0L;
        for (var i = 0; i < _sizes.Length; i++)
        {
            _starts[i] = (int)Math.Min(total, int.MaxValue);
            total += (_sizes[i] + Alignment - 1) / Alignment * Alignment;
        }

        const int MaxValues = int.MaxValue / sizeof(float);
        if (total + ExtraCount > MaxValues)
        {
            throw new ArgumentException(
                $"The gradient of {network.Architecture} takes more than 2 GiB, which a group can't sum; choose narrower HiddenLayers.");
        }

        _all = zeros([total + ExtraCount], ScalarType.Float32, CPU).DetachFromDisposeScope();
        _allMemory = new TensorMemory(_all);
    }

    /// <summary>Whether it is summed over a group.</summary>
    public bool IsSummed => _all is not null;

    /// <summary>The gradient of all parameters, and the extra sums behind it; where it is summed.</summary>
    public Span<float> All => _allMemory.Singles;

    /// <summary>What else is summed in a step.</summary>
    public Span<float> Extras => All[^ExtraCount..];

    /// <summary>The gradients alone.</summary>
    public Span<float> Gradients => All[..^ExtraCount];

    /// <summary>The memory for the gradient of a parameter, <c>[values]</c>. It is made when it is asked for.</summary>
    /// <param name="parameter">The index in <see cref="MlpNetwork.Parameters"/>.</param>
    public Tensor Of(int parameter)
    {
        var tensor = _all?.narrow(0, _starts[parameter], _sizes[parameter]) ?? zeros([_sizes[parameter]], ScalarType.Float32, CPU);
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    public void Dispose()
    {
        _owned.ForEach(tensor => tensor.Dispose());
        _all?.Dispose();
    }
}
