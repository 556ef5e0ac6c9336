using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;

namespace MnistML.Data.Loading;

/// <summary>The items of a file, such as images: their column types, and getters of the items as they are and as features.</summary>
internal abstract class IdxImages
{
    private readonly IdxFile _file;

    protected IdxImages(IdxFile file, PrimitiveDataViewType elementType, bool transpose)
    {
        _file = file;
        int[] dimensions = [.. file.Header.Dimensions.Skip(1)];
        if (transpose)
        {
            (dimensions[^1], dimensions[^2]) = (dimensions[^2], dimensions[^1]);
        }

        ImageType = new VectorDataViewType(elementType, dimensions.Length == 0 ? [1] : dimensions);
        FeatureType = new VectorDataViewType(NumberDataViewType.Single, ImageType.Size);
    }

    public string Name => _file.Name;

    public int Count => _file.Header.ItemCount;

    public VectorDataViewType ImageType { get; }

    public VectorDataViewType FeatureType { get; }

    /// <exception cref="InvalidDataException">The file's items have no elements, too many, or can't be transposed.</exception>
    public static IdxImages Create(IdxFile file, IdxLoaderOptions options)
    {
        ThrowIfUnfit(file, options);
        return file.Header.ElementType switch
        {
            IdxElementType.UInt8 => new IdxImages<byte>(file, NumberDataViewType.Byte, options),
            IdxElementType.Int8 => new IdxImages<sbyte>(file, NumberDataViewType.SByte, options),
            IdxElementType.Int16 => new IdxImages<short>(file, NumberDataViewType.Int16, options),
            IdxElementType.Int32 => new IdxImages<int>(file, NumberDataViewType.Int32, options),
            IdxElementType.Single => new IdxImages<float>(file, NumberDataViewType.Single, options),
            _ => new IdxImages<double>(file, NumberDataViewType.Double, options),
        };
    }

    /// <summary>Opens a reader for one cursor.</summary>
    public IdxReader OpenReader() => _file.OpenReader();

    /// <summary>Creates a getter of the items as they are in the file.</summary>
    /// <param name="reader">The cursor's reader.</param>
    /// <param name="row">Returns the cursor's current row.</param>
    public abstract Delegate CreateImageGetter(IdxReader reader, Func<int> row);

    /// <summary>Creates a getter of the items as features.</summary>
    /// <param name="reader">The cursor's reader.</param>
    /// <param name="row">Returns the cursor's current row.</param>
    public abstract ValueGetter<VBuffer<float>> CreateFeatureGetter(IdxReader reader, Func<int> row);

    private static void ThrowIfUnfit(IdxFile file, IdxLoaderOptions options)
    {
        var header = file.Header;
        if (header.Dimensions.Skip(1).Contains(0))
        {
            throw new InvalidDataException(
                $"'{file.Name}' holds {header}, items without elements, but images were expected, "
                + "such as UInt8 60000×28×28 (count × height × width).");
        }

        if (header.ItemByteCount / header.ElementSize > Array.MaxLength / sizeof(float))
        {
            throw new InvalidDataException(
                $"'{file.Name}' holds {header}, items of {header.ItemByteCount / header.ElementSize} elements, "
                + $"but at most {Array.MaxLength / sizeof(float)} fit into a column.");
        }

        if (options.Transpose && header.Dimensions.Count < 3)
        {
            throw new InvalidDataException(
                $"'{file.Name}' holds {header}, whose items have no height and width to swap: leave {nameof(options.Transpose)} out.");
        }
    }
}
