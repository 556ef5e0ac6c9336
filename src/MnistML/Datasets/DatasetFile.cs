namespace MnistML.Datasets;

/// <summary>A file of a data set: its published name, and how to verify a copy of it.</summary>
/// <param name="Name">Its name on mirrors, for example <c>train-images-idx3-ubyte.gz</c>.</param>
/// <param name="UnpackedByteCount">Size of the IDX file in bytes, once unpacked.</param>
public sealed record DatasetFile(string Name, long UnpackedByteCount)
{
    private const string GzipEnding = ".gz";

    /// <summary>
    /// SHA-256 of the IDX file, unpacked, in lower-case hexadecimal; null if it is not known. It is the same for a copy that was packed
    /// again.
    /// </summary>
    public string? UnpackedSha256 { get; init; }

    /// <summary>Size of the file as it is published, in bytes; null if it is not known.</summary>
    public long? PackedByteCount { get; init; }

    /// <summary>SHA-256 of the file as it is published, in lower-case hexadecimal; null if it is not known.</summary>
    public string? PackedSha256 { get; init; }

    /// <summary>The name without <c>.gz</c>.</summary>
    internal string RawName => Name.EndsWith(GzipEnding, StringComparison.OrdinalIgnoreCase) ? Name[..^GzipEnding.Length] : Name;

    /// <summary>
    /// The usual names of the file: as published, unpacked, and with <c>.idx3-ubyte</c> for <c>-idx3-ubyte</c>.
    /// </summary>
    internal IEnumerable<string> KnownNames
    {
        get
        {
            string[] rawNames = [RawName, RawName.Replace("-idx", ".idx", StringComparison.Ordinal)];
            return rawNames.Concat(rawNames.Select(name => name + GzipEnding)).Prepend(Name).Distinct();
        }
    }
}
