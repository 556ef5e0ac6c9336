using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MnistML.Training.Rows.Stores;

/// <summary>
/// Bytes back to floats. Where the processor has AVX512-VBMI it looks 64 bytes up at once, one byte of the floats after the other, and zips
/// them together; looking up float by float took a tenth of a training's time in profiles.
/// </summary>
internal sealed partial class FloatDictionary
{
    private const int BytesOfFloat = sizeof(float);

    /// <summary>The first bytes of all values, then the second ones, and so on.</summary>
    private readonly byte[] _planes = new byte[BytesOfFloat * Capacity];

    /// <summary>Gives the values that bytes stand for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Decode(ReadOnlySpan<byte> codes, Span<float> values)
    {
        var done = Avx512Vbmi.IsSupported ? DecodeByVectors(codes, values) : 0;
        ref var palette = ref MemoryMarshal.GetArrayDataReference(_values);
        for (var i = done; i < codes.Length; i++)
        {
            values[i] = Unsafe.Add(ref palette, codes[i]); // a byte can't be beyond 256 values
        }
    }

    private void SetPlanes(int code, uint bits)
    {
        for (var plane = 0; plane < BytesOfFloat; plane++)
        {
            _planes[(plane * Capacity) + code] = (byte)(bits >> (8 * plane));
        }
    }

    /// <summary>Decodes as many as fill vectors, and says how many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int DecodeByVectors(ReadOnlySpan<byte> codes, Span<float> values)
    {
        ref var from = ref MemoryMarshal.GetReference(codes);
        ref var to = ref MemoryMarshal.GetReference(values);
        var (first, second, third, fourth) = (new Plane(_planes, 0), new Plane(_planes, 1), new Plane(_planes, 2), new Plane(_planes, 3));

        // Zipping works within each quarter of a vector. In this order of the codes the quarters come out one after the other.
        var order = Vector512.Create(0u, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        var i = 0;
        for (; i <= codes.Length - Vector512<byte>.Count; i += Vector512<byte>.Count)
        {
            var ordered = Avx512F.PermuteVar16x32(Vector512.LoadUnsafe(ref from, (nuint)i).AsUInt32(), order).AsByte();
            var (byte0, byte1, byte2, byte3) =
                (first.LookUp(ordered), second.LookUp(ordered), third.LookUp(ordered), fourth.LookUp(ordered));
            var lower = Avx512BW.UnpackLow(byte0, byte1).AsUInt16();
            var upper = Avx512BW.UnpackLow(byte2, byte3).AsUInt16();
            ref var block = ref Unsafe.Add(ref to, i);
            Avx512BW.UnpackLow(lower, upper).AsSingle().StoreUnsafe(ref block);
            Avx512BW.UnpackHigh(lower, upper).AsSingle().StoreUnsafe(ref block, (nuint)Vector512<float>.Count);
            lower = Avx512BW.UnpackHigh(byte0, byte1).AsUInt16();
            upper = Avx512BW.UnpackHigh(byte2, byte3).AsUInt16();
            Avx512BW.UnpackLow(lower, upper).AsSingle().StoreUnsafe(ref block, 2 * (nuint)Vector512<float>.Count);
            Avx512BW.UnpackHigh(lower, upper).AsSingle().StoreUnsafe(ref block, 3 * (nuint)Vector512<float>.Count);
        }

        return i;
    }

    /// <summary>A table of 256 bytes in four vectors.</summary>
    private readonly struct Plane
    {
        private readonly Vector512<byte> _first;
        private readonly Vector512<byte> _second;
        private readonly Vector512<byte> _third;
        private readonly Vector512<byte> _fourth;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Plane(byte[] planes, int index)
        {
            var quarters = MemoryMarshal.Cast<byte, Vector512<byte>>(planes.AsSpan(index * Capacity, Capacity));
            (_first, _second, _third, _fourth) = (quarters[0], quarters[1], quarters[2], quarters[3]);
        }

        /// <summary>An instruction looks up in 128 bytes; the codes' highest bits say in which half.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<byte> LookUp(Vector512<byte> codes) => Vector512.ConditionalSelect(
            Vector512.LessThan(codes.AsSByte(), Vector512<sbyte>.Zero).AsByte(),
            Avx512Vbmi.PermuteVar64x8x2(_third, codes, _fourth),
            Avx512Vbmi.PermuteVar64x8x2(_first, codes, _second));
    }
}
