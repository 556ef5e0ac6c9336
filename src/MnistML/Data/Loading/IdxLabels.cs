using System.Buffers.Binary;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common.DataViews;
using MnistML.Idx;
using static System.FormattableString;

namespace MnistML.Data.Loading;

/// <summary>The labels of a file as keys, with the classes' names or numbers as their values.</summary>
internal sealed class IdxLabels
{
    /// <summary>A wrong label must not cause gigabytes of key values to be allocated; no data set has a million classes.</summary>
    private const int MaxClasses = 1 << 20;

    private readonly IdxFile _file;
    private readonly IReadOnlyList<string>? _classNames;
    private readonly int _firstLabel;
    private readonly int _field;
    private readonly int _classCount;

    private IdxLabels(IdxFile file, IdxLoaderOptions options)
    {
        _file = file;
        _classNames = options.ClassNames;
        _firstLabel = options.FirstLabel;
        _field = options.LabelField ?? 0;
        _classCount = CountClasses(options.ClassNames?.Count ?? options.ClassCount);
        KeyType = new KeyDataViewType(typeof(uint), _classCount);
    }

    public KeyDataViewType KeyType { get; }

    /// <exception cref="InvalidDataException">The file does not hold one label for each image, or a label has no class.</exception>
    public static IdxLabels Create(IdxFile file, IdxImages images, IdxLoaderOptions options)
    {
        ThrowIfUnfit(file, options);
        return file.Header.ItemCount == images.Count
            ? new IdxLabels(file, options)
            : throw new InvalidDataException(
                $"'{file.Name}' holds {file.Header.ItemCount} labels, but '{images.Name}' holds {images.Count} images: "
                + "take two files that belong together.");
    }

    /// <summary>Opens a reader for one cursor.</summary>
    public IdxReader OpenReader() => _file.OpenReader();

    /// <summary>Creates a getter of the labels' keys, which count from 1.</summary>
    /// <param name="reader">The cursor's reader.</param>
    /// <param name="row">Returns the cursor's current row.</param>
    public ValueGetter<uint> CreateGetter(IdxReader reader, Func<int> row) => (ref uint key) =>
    {
        var label = (long)ReadLabel(reader, row()) - _firstLabel;
        key = label >= 0 && label < _classCount
            ? (uint)label + 1
            : throw new InvalidDataException(
                $"'{_file.Name}' has changed since it was loaded: it holds a label now that it did not; load it again.");
    };

    public DataViewSchema.Annotations CreateAnnotations()
    {
        var builder = new DataViewSchema.Annotations.Builder();
        if (_classNames is { } classNames)
        {
            Add(TextDataViewType.Instance, [.. classNames.Select(name => name.AsMemory())]);
        }
        else
        {
            Add(NumberDataViewType.UInt32, [.. Enumerable.Range(_firstLabel, _classCount).Select(label => (uint)label)]);
        }

        return builder.ToAnnotations();

        void Add<T>(PrimitiveDataViewType type, T[] values) =>
            builder.Add<VBuffer<T>>(
                KeyNames.Annotation,
                new VectorDataViewType(type, _classCount),
                (ref VBuffer<T> buffer) => new VBuffer<T>(_classCount, values).CopyTo(ref buffer));
    }

    private static void ThrowIfUnfit(IdxFile file, IdxLoaderOptions options)
    {
        var header = file.Header;
        if (header.Dimensions.Count > 2)
        {
            throw new InvalidDataException(
                $"'{file.Name}' holds {header}, but labels were expected, such as UInt8 60000: take the file of labels.");
        }

        if (header.ElementType is IdxElementType.Single or IdxElementType.Double)
        {
            throw new InvalidDataException($"'{file.Name}' holds {header}, but labels must be whole numbers: UInt8, Int8, Int16 or Int32.");
        }

        var fieldCount = header.Dimensions.Count == 1 ? 1 : header.Dimensions[1];
        if (options.LabelField is null && fieldCount > 1)
        {
            throw new InvalidDataException(
                $"'{file.Name}' holds {header}, a table of {fieldCount} columns: "
                + $"say by {nameof(options.LabelField)} which of them is the label (0 for QMNIST).");
        }

        if ((options.LabelField ?? 0) >= fieldCount)
        {
            throw new InvalidDataException(
                $"'{file.Name}' holds {header}, {fieldCount} in a row, "
                + $"but {nameof(options.LabelField)} is {options.LabelField ?? 0} (zero-based).");
        }
    }

    /// <summary>Checks every label, and counts the classes if their number is not given.</summary>
    private int CountClasses(int? given)
    {
        using var reader = OpenReader();
        long largest = _firstLabel;
        for (var row = 0; row < _file.Header.ItemCount; row++)
        {
            var label = ReadLabel(reader, row);
            if (label < _firstLabel || label - _firstLabel >= (given ?? MaxClasses))
            {
                throw NoClass(label, row, given);
            }

            largest = Math.Max(largest, label);
        }

        return given ?? (int)(largest - _firstLabel + 1);
    }

    private InvalidDataException NoClass(int label, int row, int? given)
    {
        var found = Invariant($"'{_file.Name}' holds label {label} in row {row} (zero-based)");
        return new InvalidDataException(given is { } count
            ? Invariant($"{found}, but with {count} classes labels go from {_firstLabel} to {(long)_firstLabel + count - 1}.")
            : label < _firstLabel
                ? Invariant($"{found}, but labels begin with {_firstLabel}.")
                : $"{found}, but there can be at most {MaxClasses} classes: is this the column of labels?");
    }

    private int ReadLabel(IdxReader reader, int row)
    {
        var size = _file.Header.ElementSize;
        var element = reader.ReadItem(row).Slice(_field * size, size);
        return _file.Header.ElementType switch
        {
            IdxElementType.UInt8 => element[0],
            IdxElementType.Int8 => (sbyte)element[0],
            IdxElementType.Int16 => BinaryPrimitives.ReadInt16BigEndian(element),
            _ => BinaryPrimitives.ReadInt32BigEndian(element),
        };
    }
}
