namespace MnistML;

/// <summary>How IDX files become columns.</summary>
public sealed record IdxLoaderOptions
{
    private readonly ValueList<string>? _classNames;

    /// <summary>
    /// The classes' names in label order, which become the label's <c>KeyValues</c>; null, the default, gives the labels' numbers as
    /// UInt32. A label without a name is an error.
    /// </summary>
    public IReadOnlyList<string>? ClassNames
    {
        get => _classNames;
        init => _classNames = value is null ? null : [.. value];
    }

    /// <summary>
    /// Number of classes, at least 1, if there are no <see cref="ClassNames"/>; a label that is not below it is an error. Null, the default,
    /// takes the largest label + 1.
    /// </summary>
    public int? ClassCount { get; init; }

    /// <summary>Name of the column of pixels as numbers, a vector of Single; <c>"Features"</c> by default.</summary>
    public string FeatureColumnName { get; init; } = "Features";

    /// <summary>Name of the column of pixels as in the file, a vector of Byte with the image's dimensions; <c>"Image"</c> by default.</summary>
    public string ImageColumnName { get; init; } = "Image";

    /// <summary>Name of the column of labels, a key; <c>"Label"</c> by default.</summary>
    public string LabelColumnName { get; init; } = "Label";
}
