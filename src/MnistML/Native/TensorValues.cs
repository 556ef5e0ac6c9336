using static TorchSharp.torch;

namespace MnistML.Native;

/// <summary>Copies tensors to arrays and back.</summary>
internal static class TensorValues
{
    public static float[] ToSingles(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float32, CPU).contiguous().data<float>().ToArray();
    }

    public static double[] ToDoubles(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64, CPU).contiguous().data<double>().ToArray();
    }

    /// <summary>Copies values, row-major.</summary>
    public static void CopyTo(Tensor tensor, Span<double> values)
    {
        using var scope = NewDisposeScope();
        tensor.detach().to(ScalarType.Float64, CPU).contiguous().data<double>().CopyTo(values);
    }

    /// <summary>Overwrites a tensor with the values of a name, row-major.</summary>
    /// <exception cref="InvalidDataException">There are no values of this name, or not as many as the tensor has.</exception>
    public static void Set(Tensor target, IReadOnlyDictionary<string, float[]> state, string name)
    {
        var found = state.GetValueOrDefault(name);
        if (found?.Length != target.numel())
        {
            throw new InvalidDataException(
                $"The values of '{name}' are {(found is null ? "missing" : $"{found.Length}")}, but {target.numel()} were expected.");
        }

        Set(target, found);
    }

    /// <summary>Overwrites a tensor with as many values, row-major.</summary>
    public static void Set(Tensor target, float[] values)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        target.copy_(tensor(values, ScalarType.Float32, CPU).reshape(target.shape));
    }
}
