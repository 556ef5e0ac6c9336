namespace MnistML.Idx;

/// <summary>The type of an IDX file's elements; the values are those of the file's third byte.</summary>
public enum IdxElementType : byte
{
    /// <summary>Unsigned byte.</summary>
    UInt8 = 0x08,

    /// <summary>Signed byte.</summary>
    Int8 = 0x09,

    /// <summary>Signed integer of 2 bytes.</summary>
    Int16 = 0x0B,

    /// <summary>Signed integer of 4 bytes.</summary>
    Int32 = 0x0C,

    /// <summary>Floating-point number of 4 bytes (IEEE 754 binary32).</summary>
    Single = 0x0D,

    /// <summary>Floating-point number of 8 bytes (IEEE 754 binary64).</summary>
    Double = 0x0E,
}
