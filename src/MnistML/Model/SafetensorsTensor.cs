namespace MnistML.Model;

/// <summary>An array of floats of some shape, row by row.</summary>
/// <param name="Shape">The sizes of its dimensions; none for a single value.</param>
/// <param name="Values">As many as the product of the sizes.</param>
internal sealed record SafetensorsTensor(IReadOnlyList<long> Shape, float[] Values)
{
    /// <summary>A vector.</summary>
    public SafetensorsTensor(float[] values)
        : this([values.Length], values)
    {
    }
}
