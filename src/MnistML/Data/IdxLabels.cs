using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;

namespace MnistML.Data;

/// <summary>The labels of a file as keys, with the classes' names or numbers as their values.</summary>
internal sealed class IdxLabels
{
    /// <summary>What ML.NET calls the annotation that holds what the keys stand for.</summary>
    private const string KeyValues = "KeyValues";

    private readonly IdxFile _file;
    private readonly IReadOnlyList<string>? _classNames;
    private readonly int _classCount;

    private IdxLabels(IdxFile file, IReadOnlyList<string>? classNames, int classCount)
    {
        _file = file;
        _classNames = classNames;
        _classCount = classCount;
        KeyType = new KeyDataViewType(typeof(uint), classCount);
    }

    public KeyDataViewType KeyType { get; }

    /// <exception cref="InvalidDataException">The file does not hold one label for each image, or a label has no class.</exception>
    public static IdxLabels Read(string path, IdxImages images, IdxLoaderOptions options)
    {
        var file = IdxFile.Read(path);
        if (file.Header.ElementType != IdxElementType.UInt8 || file.Header.Dimensions.Count != 1)
        {
            var hint = file.Header.Dimensions.Count > 2 ? " These may be images: are the two files swapped?" : "";
            throw new InvalidDataException($"'{path}' holds {file.Header}, but labels of UInt8 were expected, such as UInt8 60000.{hint}");
        }

        if (file.Header.ItemCount != images.Count)
        {
            throw new InvalidDataException(
                $"'{path}' holds {file.Header.ItemCount} labels, but '{images.Path}' holds {images.Count} images. Do the files belong together?");
        }

        return new IdxLabels(file, options.ClassNames, CountClasses(file, options));
    }

    /// <summary>The key of a row's label: keys count from 1.</summary>
    public uint GetKey(long row) => (uint)_file.Item(row)[0] + 1;

    public DataViewSchema.Annotations CreateAnnotations()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        if (_classNames is { } classNames)
        {
            var names = classNames.Select(name => name.AsMemory()).ToArray();
            Add(TextDataViewType.Instance, names);
        }
        else
        {
            Add(NumberDataViewType.UInt32, [.. Enumerable.Range(0, _classCount).Select(label => (uint)label)]);
        }

        return builder.ToAnnotations();

        void Add<T>(PrimitiveDataViewType type, T[] values) =>
            builder.Add<VBuffer<T>>(
                KeyValues, new VectorDataViewType(type, _classCount), (ref VBuffer<T> buffer) => new VBuffer<T>(_classCount, values).CopyTo(ref buffer));
    }

    private static int CountClasses(IdxFile file, IdxLoaderOptions options)
    {
        var largest = -1;
        long rowOfLargest = -1;
        for (long row = 0; row < file.Header.ItemCount; row++)
        {
            if (file.Item(row)[0] is var label && label > largest)
            {
                (largest, rowOfLargest) = (label, row);
            }
        }

        var classCount = options.ClassNames?.Count ?? options.ClassCount ?? Math.Max(largest + 1, 1);
        if (largest >= classCount)
        {
            throw new InvalidDataException(
                $"'{file.Path}' holds label {largest} in row {rowOfLargest} (zero-based), but with {classCount} classes labels go from 0 to {classCount - 1}.");
        }

        return classCount;
    }
}
