namespace MnistML.Model;

/// <summary>
/// float16 for the weights of large layers in files: half the size, at eleven significant binary digits. Only weights that float16 holds
/// exactly are written so, and a file never changes what a model computes. A training rounds its weights for that, where it costs nothing.
/// </summary>
internal static class HalfPrecision
{
    /// <summary>Smaller layers take little space anyway.</summary>
    private const int MinWeights = 1 << 20;

    /// <summary>The least magnitude that float16 holds with all its digits, 2⁻¹⁴.</summary>
    private const float LeastNormal = 1f / (1 << 14);

    /// <summary>
    /// Rounds the weights of a large layer. Each changes by at most 2⁻¹¹ of the greatest weight of its input. All stay as
    /// they are where one is too large for float16, or those of an input are all too small, as those of a feature of large numbers.
    /// </summary>
    /// <param name="weights"><c>[outputs, inputs]</c>.</param>
    /// <param name="inputCount">Inputs of the layer.</param>
    public static void Round(Span<float> weights, int inputCount)
    {
        if (weights.Length < MinWeights || !HasRoomFor(weights, inputCount))
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

    private static bool HasRoomFor(ReadOnlySpan<float> weights, int inputCount)
    {
        var greatest = new float[inputCount];
        for (var start = 0; start < weights.Length; start += inputCount)
        {
            for (var input = 0; input < inputCount; input++)
            {
                greatest[input] = Math.Max(greatest[input], Math.Abs(weights[start + input]));
            }
        }

        return Array.TrueForAll(greatest, weight => weight == 0 || (weight >= LeastNormal && Half.IsFinite((Half)weight)));
    }
}
