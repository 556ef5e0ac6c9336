using Microsoft.ML.Data;
using MnistML.Idx;

namespace MnistML.Data;

/// <summary>The images of a file: their column types, and each image as bytes or as numbers.</summary>
internal sealed class IdxImages
{
    /// <summary>What 255, the largest unsigned byte, is scaled to 1 by.</summary>
    private const float LargestByte = byte.MaxValue;

    /// <summary>The number of each byte, looked up so that it is the correctly rounded quotient at no cost.</summary>
    private static readonly float[] Scaled = [.. Enumerable.Range(0, byte.MaxValue + 1).Select(value => value / LargestByte)];

    private readonly IdxFile _file;

    private IdxImages(IdxFile file)
    {
        _file = file;
        int[] dimensions = [.. file.Header.Dimensions.Skip(1).Select(length => checked((int)length))];
        ImageType = new VectorDataViewType(NumberDataViewType.Byte, dimensions);
        FeatureType = new VectorDataViewType(NumberDataViewType.Single, ImageType.Size);
    }

    public string Path => _file.Path;

    public long Count => _file.Header.ItemCount;

    public VectorDataViewType ImageType { get; }

    public VectorDataViewType FeatureType { get; }

    /// <exception cref="InvalidDataException">The file does not hold images of unsigned bytes.</exception>
    public static IdxImages Read(string path)
    {
        var file = IdxFile.Read(path);
        if (file.Header.ElementType != IdxElementType.UInt8 || file.Header.Dimensions.Count < 2 || file.Header.Dimensions.Skip(1).Contains(0))
        {
            var hint = file.Header.Dimensions.Count == 1 ? " These may be labels: are the two files swapped?" : "";
            throw new InvalidDataException(
                $"'{path}' holds {file.Header}, but images of UInt8 were expected, such as UInt8 60000×28×28 (count × height × width).{hint}");
        }

        return new IdxImages(file);
    }

    public void GetImage(long row, ref VBuffer<byte> image)
    {
        var editor = VBufferEditor.Create(ref image, ImageType.Size);
        _file.Item(row).CopyTo(editor.Values);
        image = editor.Commit();
    }

    public void GetFeatures(long row, ref VBuffer<float> features)
    {
        var editor = VBufferEditor.Create(ref features, FeatureType.Size);
        var bytes = _file.Item(row);
        var values = editor.Values[..bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            values[i] = Scaled[bytes[i]];
        }

        features = editor.Commit();
    }
}
