namespace MnistML.Model;

/// <summary>
/// float16 for the weights of large layers in files: half the size, at eleven significant binary digits. Only weights that float16 holds
/// exactly are written so, which a training makes them where it costs nothing, so that a file never changes what a model computes.
/// </summary>
internal static class HalfPrecision
{
    /// <summary>Smaller layers take little space anyway.</summary>
    private const int MinWeights = 1 << 20;

    /// <summary>Rounds the weights of a large layer, unless one is too large for float16.</summary>
    public static void Round(Span<float> weights)
    {
        if (weights.Length < MinWeights || !HasRoomFor(weights))
        {
            return;
        }

        foreach (ref var weight in weights)
        {
            weight = (float)(Half)weight;
        }
    }

    /// <summary>Whether a layer is large, and float16 holds all its weights exactly.</summary>
    public static bool Holds(ReadOnlySpan<float> weights)
    {
        if (weights.Length < MinWeights)
        {
            return false;
        }

        foreach (var weight in weights)
        {
            if (BitConverter.SingleToInt32Bits((float)(Half)weight) != BitConverter.SingleToInt32Bits(weight))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasRoomFor(ReadOnlySpan<float> weights)
    {
        foreach (var weight in weights)
        {
            if (!Half.IsFinite((Half)weight))
            {
                return false;
            }
        }

        return true;
    }
}
