using MnistML.Idx;

namespace MnistML;

/// <summary>How columns become IDX files.</summary>
public sealed partial record IdxSaverOptions
{
    /// <summary>
    /// Name of the column of items: numbers or Booleans, alone or as a vector of known size. Null, the default, means <c>"Image"</c> where
    /// the data has such a column, so that what <c>LoadFromIdx</c> read is saved as it was, and <c>"Features"</c> where it has not.
    /// </summary>
    public string? ColumnName { get; init; }

    /// <summary>Name of the column of labels, keys or whole numbers; <c>"Label"</c> by default.</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>
    /// Type of the elements in the file. Null, the default, takes the column's own; UInt8 for Booleans; and Int32 for integers that IDX
    /// does not have (UInt16, UInt32, Int64, UInt64).
    /// </summary>
    public IdxElementType? ElementType { get; init; }

    /// <summary>
    /// What values are multiplied by before they are stored; null, the default, means 1. 255 turns MNIST's features into bytes again.
    /// </summary>
    public float? Scale { get; init; }

    /// <summary>
    /// The label of the first key, 0 or more; 0 by default, 1 for EMNIST letters. Labels that are plain numbers are stored as they are.
    /// </summary>
    public int FirstLabel { get; init; }

    /// <summary>
    /// Type of the labels in the file: UInt8, Int8, Int16 or Int32. Null, the default, takes UInt8 for keys of which there are few enough
    /// and for a column of bytes, and Int32 otherwise.
    /// </summary>
    public IdxElementType? LabelElementType { get; init; }
}
