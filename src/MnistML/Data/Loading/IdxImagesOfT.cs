using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;

namespace MnistML.Data.Loading;

/// <summary>Items whose elements are of one .NET type.</summary>
internal sealed class IdxImages<T> : IdxImages
    where T : unmanaged, INumber<T>
{
    private readonly bool _transpose;
    private readonly double _scale;
    private readonly float[] _scaledBytes;

    public IdxImages(IdxFile file, PrimitiveDataViewType elementType, IdxLoaderOptions options)
        : base(file, elementType, options.Transpose)
    {
        _transpose = options.Transpose;
        _scale = options.Scale ?? 1;

        // A table of the feature of each byte, so that a correctly rounded quotient costs no more than a product.
        _scaledBytes =
        [
            .. Enumerable.Range(0, byte.MaxValue + 1)
                .Select(value => options.Scale is { } scale ? value * scale : value / (float)byte.MaxValue),
        ];
    }

    public override ValueGetter<VBuffer<T>> CreateImageGetter(IdxReader reader, Func<int> row)
    {
        var values = new T[ImageType.Size];
        var stored = _transpose ? new T[ImageType.Size] : [];
        return (ref VBuffer<T> image) =>
        {
            Decode(reader.ReadItem(row()), stored, values);
            var editor = VBufferEditor.Create(ref image, values.Length);
            values.CopyTo(editor.Values);
            image = editor.Commit();
        };
    }

    public override ValueGetter<VBuffer<float>> CreateFeatureGetter(IdxReader reader, Func<int> row)
    {
        var values = new T[ImageType.Size];
        var stored = _transpose ? new T[ImageType.Size] : [];
        return (ref VBuffer<float> features) =>
        {
            Decode(reader.ReadItem(row()), stored, values);
            var editor = VBufferEditor.Create(ref features, values.Length);
            Scale(values, editor.Values[..values.Length]);
            features = editor.Commit();
        };
    }

    private void Decode(ReadOnlySpan<byte> item, T[] stored, T[] values)
    {
        if (!_transpose)
        {
            IdxValues.Decode<T>(item, values);
            return;
        }

        IdxValues.Decode<T>(item, stored);
        var (storedHeight, storedWidth) = (ImageType.Dimensions[^1], ImageType.Dimensions[^2]);
        for (var start = 0; start < values.Length; start += storedHeight * storedWidth)
        {
            Transpose(stored.AsSpan(start), storedHeight, storedWidth, values.AsSpan(start));
        }
    }

    private static void Transpose(ReadOnlySpan<T> stored, int storedHeight, int storedWidth, Span<T> values)
    {
        for (var row = 0; row < storedHeight; row++)
        {
            for (var column = 0; column < storedWidth; column++)
            {
                values[(column * storedHeight) + row] = stored[(row * storedWidth) + column];
            }
        }
    }

    private void Scale(ReadOnlySpan<T> values, Span<float> features)
    {
        if (typeof(T) == typeof(byte))
        {
            var bytes = MemoryMarshal.AsBytes(values);
            for (var i = 0; i < bytes.Length; i++)
            {
                features[i] = _scaledBytes[bytes[i]];
            }

            return;
        }

        // A double holds every element exactly, so features are rounded once.
        for (var i = 0; i < values.Length; i++)
        {
            features[i] = (float)(double.CreateChecked(values[i]) * _scale);
        }
    }
}
