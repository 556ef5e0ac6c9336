using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Data.Loading;

/// <summary>What LoadFromIdx makes of any file is what plain loops make of it.</summary>
public sealed class IdxLoadPropertyTests
{
    private readonly TemporaryFolder _folder = new();

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void LoadFromIdx_AnyItems_GivesThemAsTheyAreAndAsFeatures() => PropertyCheck.Holds(
        from content in IdxContent.Any(shortest: 1)
        from transpose in Gen.Elements(true, false)
        from scale in Gen.Elements<float?>(null, 1, 0.5f, -3, 1f / 32_767)
        select (Content: content, Transpose: transpose && content.Dimensions.Length > 2, Scale: scale),
        given =>
        {
            var view = Load(given.Content.File, new IdxLoaderOptions { Transpose = given.Transpose, Scale = given.Scale });
            var items = PlainItems(given.Content, given.Transpose);

            var image = (VectorDataViewType)view.Schema["Image"].Type;
            Assert.That(image.Dimensions, Is.EqualTo(PlainDimensions(given.Content, given.Transpose)));
            Assert.That(Images(view, given.Content.Type), Is.EqualTo(items));
            Assert.That(
                view.GetColumn<float[]>("Features"),
                Is.EqualTo(items.Select(item => item.Select(value => Feature(value, given.Content.Type, given.Scale)).ToArray())));
        });

    [Test]
    public void LoadFromIdx_AnyWholeLabels_GivesTheirKeys() => PropertyCheck.Holds(
        from type in Gen.Elements(IdxElementType.UInt8, IdxElementType.Int8, IdxElementType.Int16, IdxElementType.Int32)
        from fields in Gen.Choose(1, 4)
        from field in Gen.Choose(0, fields - 1)
        from first in Gen.Choose(0, 100)
        from labels in Gen.Choose(first, 127).ListOf(5)
        select (Type: type, Fields: fields, Field: field, First: first, Labels: labels.ToArray()),
        given =>
        {
            var table = PlainTable(given.Labels, given.Fields, given.Field);
            var dimensions = given.Fields == 1 ? new[] { 5 } : [5, given.Fields];
            _ = given.Type switch
            {
                IdxElementType.UInt8 => Write(table.Select(value => (byte)value)),
                IdxElementType.Int8 => Write(table.Select(value => (sbyte)value)),
                IdxElementType.Int16 => Write(table.Select(value => (short)value)),
                _ => Write(table),
            };

            var view = new MLContext().Data.LoadFromIdx(
                _folder.Write("five", IdxBytes.FiveImages),
                _folder.PathOf("labels"),
                new IdxLoaderOptions { FirstLabel = given.First, LabelField = given.Field });

            Assert.That(view.GetColumn<uint>("Label"), Is.EqualTo(given.Labels.Select(label => (uint)(label - given.First + 1))));
            var classCount = given.Labels.Max() - given.First + 1;
            Assert.That(view.Schema["Label"].GetKeyValues(), Is.EqualTo(Enumerable.Range(given.First, classCount)));

            int Write<T>(IEnumerable<T> values)
                where T : unmanaged
            {
                IdxFile.Write<T>(_folder.PathOf("labels"), values.ToArray(), dimensions);
                return 0;
            }
        });

    private IDataView Load(byte[] file, IdxLoaderOptions options) =>
        new MLContext().Data.LoadFromIdx(_folder.Write("items", file), options: options);

    private static int[] PlainDimensions(IdxContent content, bool transpose)
    {
        var item = content.Dimensions.Length == 1 ? [1] : content.Dimensions[1..];
        return transpose ? [.. item[..^2], item[^1], item[^2]] : item;
    }

    private static List<double[]> PlainItems(IdxContent content, bool transpose)
    {
        var length = content.ItemByteCount / content.ElementSize;
        var items = content.Numbers.Chunk(length).ToList();
        if (!transpose)
        {
            return items;
        }

        var (height, width) = (content.Dimensions[^2], content.Dimensions[^1]);
        return [.. items.Select(item => Enumerable.Range(0, length).Select(place => item[Source(place)]).ToArray())];

        // A place is plane, then row and column of the transposed, which are column and row of the stored.
        int Source(int place) => (place / (height * width) * height * width) + (place % height * width) + (place / height % width);
    }

    /// <summary>Rows whose other fields are no labels.</summary>
    private static int[] PlainTable(int[] labels, int fields, int field) =>
        [.. labels.SelectMany(label => Enumerable.Range(0, fields).Select(column => column == field ? label : 99 + column))];

    /// <summary>One rounding of the exact product or quotient.</summary>
    private static float Feature(double value, IdxElementType type, float? scale) =>
        (float)(scale is { } factor ? value * factor : type == IdxElementType.UInt8 ? value / 255 : value);

    private static IEnumerable<double[]> Images(IDataView view, IdxElementType type) => type switch
    {
        IdxElementType.UInt8 => view.GetColumn<byte[]>("Image").Select(image => image.Select(value => (double)value).ToArray()),
        IdxElementType.Int8 => view.GetColumn<sbyte[]>("Image").Select(image => image.Select(value => (double)value).ToArray()),
        IdxElementType.Int16 => view.GetColumn<short[]>("Image").Select(image => image.Select(value => (double)value).ToArray()),
        IdxElementType.Int32 => view.GetColumn<int[]>("Image").Select(image => image.Select(value => (double)value).ToArray()),
        IdxElementType.Single => view.GetColumn<float[]>("Image").Select(image => image.Select(value => (double)value).ToArray()),
        _ => view.GetColumn<double[]>("Image"),
    };
}

/// <summary>Key values as numbers.</summary>
internal static class KeyValuesExtensions
{
    public static uint[] GetKeyValues(this DataViewSchema.Column column)
    {
        VBuffer<uint> values = default;
        column.GetKeyValues(ref values);
        return [.. values.DenseValues()];
    }
}
