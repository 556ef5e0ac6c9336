using Microsoft.ML.Data;

namespace MnistML.Tests.Support;

/// <summary>A row of the five images, as ML.NET reads and makes objects.</summary>
internal sealed class ImageRow
{
    [VectorType(2, 3)]
    public byte[] Image { get; set; } = [];

    [VectorType(6)]
    public float[] Features { get; set; } = [];

    /// <summary>Zero-based when ML.NET reads the object, one-based when it makes it.</summary>
    [KeyType(4)]
    public uint Label { get; set; }

    /// <summary>The five rows, from the bytes that the files were made of.</summary>
    public static IReadOnlyList<ImageRow> Five => [.. IdxBytes.FivePixelBytes.Chunk(6).Zip((byte[])[2, 0, 3, 0, 1], Of)];

    public static ImageRow Of(byte[] image, byte label) =>
        new() { Image = image, Features = [.. image.Select(value => value / 255f)], Label = label };

    public override string ToString() => $"{string.Join(' ', Image)} | {string.Join(' ', Features)} | {Label}";
}
