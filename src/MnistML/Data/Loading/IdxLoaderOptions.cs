using MnistML.Idx;

namespace MnistML;

/// <summary>How IDX files become columns.</summary>
public sealed partial record IdxLoaderOptions
{
    private readonly string[]? _classNames;

    /// <summary>
    /// The classes' names in label order, which become the label's <c>KeyValues</c>; null, the default, means the labels' numbers as
    /// UInt32. A label without a name is an error.
    /// </summary>
    public IReadOnlyList<string>? ClassNames
    {
        get => _classNames;
        init => _classNames = value?.ToArray();
    }

    /// <summary>
    /// Number of classes, at least 1, if there are no <see cref="ClassNames"/>; a label beyond them is an error. Null, the default,
    /// takes the largest label + 1 - <see cref="FirstLabel"/>.
    /// </summary>
    public int? ClassCount { get; init; }

    /// <summary>The label of the first class, 0 or more; 0 by default, 1 for EMNIST letters. A label below it is an error.</summary>
    public int FirstLabel { get; init; }

    /// <summary>
    /// Which column of a label table (a file of two dimensions) is the label, zero-based; 0 for QMNIST, whose tables have 8. Null, the
    /// default, expects a file of labels alone.
    /// </summary>
    public int? LabelField { get; init; }

    /// <summary>
    /// What elements are multiplied by to become features; null, the default, means 1/255 for unsigned bytes (rounded to nearest), 1
    /// otherwise.
    /// </summary>
    public float? Scale { get; init; }

    /// <summary>
    /// Whether to swap the last two dimensions of each item, such as height and width: EMNIST stores its images so. False by default.
    /// </summary>
    public bool Transpose { get; init; }

    /// <summary>Name of the column of elements as numbers, a vector of Single; <c>"Features"</c> by default.</summary>
    public string FeatureColumnName { get; init; } = "Features";

    /// <summary>Name of the column of elements as in the file, a vector with the item's dimensions; <c>"Image"</c> by default.</summary>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>Name of the column of labels, a key; <c>"Label"</c> by default.</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>
    /// The most that a gzip file may unpack to in memory, in bytes; 2 GiB by default. A raw file is read from the disc and may have any
    /// size.
    /// </summary>
    public long MaxUnpackedBytes { get; init; } = IdxFile.DefaultMaxUnpackedBytes;

    private (int?, int, int?, float?, bool, string, string, string, long) AllButClassNames =>
        (ClassCount, FirstLabel, LabelField, Scale, Transpose, FeatureColumnName, ImageColumnName, LabelColumnName, MaxUnpackedBytes);

    /// <summary>Whether the other options are the same, the class names one by one.</summary>
    public bool Equals(IdxLoaderOptions? other) =>
        other is not null
        && (ClassNames ?? []).SequenceEqual(other.ClassNames ?? []) && (ClassNames is null) == (other.ClassNames is null)
        && AllButClassNames == other.AllButClassNames;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(ClassNames?.Count, AllButClassNames);
}
