using MnistML.Idx;

namespace MnistML.Web.Data;

/// <summary>A drawing that the user labelled.</summary>
internal sealed record Correction
{
    /// <summary>A name that no other correction ever has.</summary>
    public required string Id { get; init; }

    /// <summary>The zero-based class that the user named.</summary>
    public required int Label { get; init; }

    /// <summary>The zero-based class that the network named then, if it did.</summary>
    public int? Predicted { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>28 × 28 bytes, row by row, as the network sees them.</summary>
    public required byte[] Pixels { get; init; }

    /// <summary>Writes drawings and their labels as IDX files into a folder.</summary>
    public static (string Images, string Labels) Write(string folder, IReadOnlyList<Correction> corrections)
    {
        var (images, labels) = (Path.Combine(folder, CorrectionStore.ImagesName), Path.Combine(folder, CorrectionStore.LabelsName));
        IdxFile.Write<byte>(
            images, corrections.SelectMany(correction => correction.Pixels).ToArray(), [corrections.Count, DigitSet.Side, DigitSet.Side]);
        IdxFile.Write<byte>(labels, corrections.Select(correction => (byte)correction.Label).ToArray(), [corrections.Count]);
        return (images, labels);
    }
}
