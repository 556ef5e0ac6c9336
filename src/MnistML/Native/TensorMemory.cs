using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MnistML.Native;

/// <summary>
/// The address of a contiguous tensor's values in main memory. TorchSharp's <c>Tensor.bytes</c> calls libtorch five times to find it, which
/// was visible in profiles of a batch; this asks once. Valid while the tensor lives.
/// </summary>
internal readonly unsafe struct TensorMemory
{
    private readonly void* _address;
    private readonly int _byteCount;

    public TensorMemory(Tensor tensor)
    {
        var bytes = tensor.bytes;
        _address = Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        _byteCount = bytes.Length;
    }

    /// <summary>The values of a float32 tensor, row by row.</summary>
    public Span<float> Singles => new(_address, _byteCount / sizeof(float));

    /// <summary>The values of a bfloat16 tensor, row by row.</summary>
    public Span<ushort> Halves => new(_address, _byteCount / sizeof(ushort));
}
