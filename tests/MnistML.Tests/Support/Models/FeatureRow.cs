using MnistML.Common;

namespace MnistML.Tests.Support;

/// <summary>A row of features in the two forms in which rows come.</summary>
internal static class FeatureRow
{
    public static RowFeatures Dense(params float[] features) => new(features.Length, features);

    /// <summary>Without what has the bits of +0.</summary>
    public static RowFeatures Sparse(params float[] features)
    {
        int[] slots =
            [.. Enumerable.Range(0, features.Length).Where(slot => BitConverter.SingleToInt32Bits(features[slot]) != 0)];
        return new RowFeatures(features.Length, slots.Select(slot => features[slot]).ToArray(), slots);
    }
}
