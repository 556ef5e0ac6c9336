using System.Numerics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Data.Saving;

public sealed class IdxSaverTests
{
    private static readonly byte[] Pixels = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    private readonly MLContext _mlContext = new(seed: 1);
    private FiveImageFiles _files = null!;

    [SetUp]
    public void CreateFiles() => _files = new FiveImageFiles();

    [TearDown]
    public void DeleteFiles() => _files.Dispose();

    [Test]
    public void SaveAsIdx_WhatLoadFromIdxGave_GivesTheSameFiles()
    {
        var (images, labels) = Save(_files.Load());

        Assert.That(images, Is.EqualTo(IdxBytes.FiveImages));
        Assert.That(labels, Is.EqualTo(IdxBytes.FiveLabels));
    }

    [Test]
    public void SaveAsIdx_EveryElementType_WritesItBigEndian()
    {
        AssertSaved<byte>(0x08, [0, 1, 255, 128, 7, 9], value => [value]);
        AssertSaved<sbyte>(0x09, [-128, 127, 0, -1, 7, 9], value => [(byte)value]);
        AssertSaved<short>(0x0B, [short.MinValue, short.MaxValue, 0, -1, 258, 9], BitConverter.GetBytes);
        AssertSaved<int>(0x0C, [int.MinValue, int.MaxValue, 0, -1, 16_909_060, 9], BitConverter.GetBytes);
        AssertSaved<float>(0x0D, [float.NaN, float.PositiveInfinity, float.MinValue, float.Epsilon, -0f, 0.1f], BitConverter.GetBytes);
        AssertSaved<double>(0x0E, [double.NaN, double.NegativeInfinity, double.MaxValue, double.Epsilon, -0.0, 0.1], BitConverter.GetBytes);
    }

    [TestCase(4)]
    [TestCase(1, 4)]
    [TestCase(2, 2)]
    [TestCase(4, 1, 1)]
    [TestCase(1, 2, 1, 2, 1, 1, 1)]
    public void SaveAsIdx_AnyShape_IsThatOfTheItems(params int[] shape)
    {
        var bytes = SaveItems(TableRows.Of(_mlContext, shape, Pixels.Chunk(4)));

        Assert.That(bytes, Is.EqualTo(IdxBytes.Of(0x08, [3, .. shape], Pixels)));
    }

    [Test]
    public void SaveAsIdx_PlainNumbers_GivesOneDimension() => Assert.That(
        SaveItems(TableRows.OfPlain<byte>(_mlContext, 3, 1, 4)), Is.EqualTo(IdxBytes.Of(0x08, [3], 3, 1, 4)));

    [Test]
    public void SaveAsIdx_TypesThatIdxHasNot_GivesTheNearest()
    {
        byte[] oneAndTwo = [0, 0, 0, 1, 0, 0, 0, 2];

        Assert.That(SaveItems(TableRows.OfPlain(_mlContext, true, false)), Is.EqualTo(IdxBytes.Of(0x08, [2], 1, 0)));
        Assert.That(SaveItems(TableRows.OfPlain<ushort>(_mlContext, 1, 2)), Is.EqualTo(IdxBytes.Of(0x0C, [2], oneAndTwo)));
        Assert.That(SaveItems(TableRows.OfPlain<uint>(_mlContext, 1, 2)), Is.EqualTo(IdxBytes.Of(0x0C, [2], oneAndTwo)));
        Assert.That(SaveItems(TableRows.OfPlain<long>(_mlContext, 1, 2)), Is.EqualTo(IdxBytes.Of(0x0C, [2], oneAndTwo)));
        Assert.That(SaveItems(TableRows.OfPlain<ulong>(_mlContext, 1, 2)), Is.EqualTo(IdxBytes.Of(0x0C, [2], oneAndTwo)));
    }

    [Test]
    public void SaveAsIdx_FeaturesTimes255_GivesEveryByteAgain()
    {
        byte[] everyByte = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        var features = TableRows.Of(_mlContext, [256], [everyByte.Select(value => value / 255f).ToArray()]);

        var bytes = SaveItems(features, new IdxSaverOptions { ElementType = IdxElementType.UInt8, Scale = 255 });

        Assert.That(bytes, Is.EqualTo((byte[])[0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 1, 0, .. everyByte]));
    }

    [Test]
    public void SaveAsIdx_EveryInt16AsFeatures_IsRecovered()
    {
        short[] values = [.. Enumerable.Range(short.MinValue, ushort.MaxValue + 1).Select(value => (short)value)];
        var features = TableRows.OfPlain(_mlContext, [.. values.Select(value => value * (1 / 32_767f))]);

        SaveItems(features, new IdxSaverOptions { ElementType = IdxElementType.Int16, Scale = 32_767 });

        Assert.That(IdxFile.Read(PathOf("items")).ToArray<short>(), Is.EqualTo(values));
    }

    [Test]
    public void SaveAsIdx_OtherElementType_ConvertsWhatFits()
    {
        var whole = TableRows.OfPlain<double>(_mlContext, -128, 0, 127);

        Assert.That(
            SaveItems(whole, new IdxSaverOptions { ElementType = IdxElementType.Int8 }),
            Is.EqualTo(IdxBytes.Of(0x09, [3], 0x80, 0, 0x7F)));
        Assert.That(
            SaveItems(TableRows.OfPlain(_mlContext, 0.1), new IdxSaverOptions { ElementType = IdxElementType.Single }),
            Is.EqualTo(IdxBytes.Of(0x0D, [1], [.. BitConverter.GetBytes(0.1f).Reverse()])));
        Assert.That(
            SaveItems(TableRows.OfPlain(_mlContext, double.NaN), new IdxSaverOptions { ElementType = IdxElementType.Single })[^4..^2],
            Is.EqualTo(new byte[] { 0xFF, 0xC0 }));
    }

    [Test]
    public void SaveAsIdx_SparseVectors_AreWrittenDense()
    {
        var row = new Row<VBuffer<byte>> { Items = new VBuffer<byte>(4, 2, [7, 9], [1, 3]) };

        var items = SaveItems(TableRows.Of(_mlContext, [row], new VectorDataViewType(NumberDataViewType.Byte, 4)));

        Assert.That(items, Is.EqualTo(IdxBytes.Of(0x08, [1, 4], 0, 7, 0, 9)));
    }

    [Test]
    public void SaveAsIdx_NoRows_GivesAnEmptyFileOfThatShape() => Assert.That(
        SaveItems(TableRows.Of<byte>(_mlContext, [2, 3], [])), Is.EqualTo(IdxBytes.Of(0x08, [0, 2, 3])));

    [Test]
    public void SaveAsIdx_GzNames_GivesGzipFiles()
    {
        _mlContext.Data.SaveAsIdx(_files.Load(), PathOf("saved.gz"), PathOf("saved-labels.GZ"));

        Assert.That(File.ReadAllBytes(PathOf("saved.gz"))[..2], Is.EqualTo(new byte[] { 0x1F, 0x8B }));
        Assert.That(IdxFile.Read(PathOf("saved.gz")).ToArray<byte>(), Is.EqualTo(IdxBytes.FivePixelBytes));
        Assert.That(IdxFile.Read(PathOf("saved-labels.GZ")).ToArray<byte>(), Is.EqualTo(new byte[] { 2, 0, 3, 0, 1 }));
    }

    [Test]
    public void SaveAsIdx_ExistingFiles_AreReplacedAndNothingElseIsLeft()
    {
        var before = _files.Folder.Names;

        _mlContext.Data.SaveAsIdx(_mlContext.Data.TakeRows(_files.Load(), 1), _files.ImagesPath, _files.LabelsPath);

        Assert.That(IdxFile.Read(_files.ImagesPath).ToArray<byte>(), Is.EqualTo(IdxBytes.FivePixelBytes[..6]));
        Assert.That(IdxFile.Read(_files.LabelsPath).ToArray<byte>(), Is.EqualTo(new byte[] { 2 }));
        Assert.That(_files.Folder.Names, Is.EqualTo(before));
    }

    [Test]
    public void SaveAsIdx_UnknownRowCount_CountsTheRows()
    {
        var zeros = _mlContext.Data.FilterRowsByKeyColumnFraction(_files.Load(), "Label", 0, 0.25);
        Assert.That(zeros.GetRowCount(), Is.Null);

        var (images, labels) = Save(zeros);

        byte[] pixels = [.. IdxBytes.FivePixelBytes[6..12], .. IdxBytes.FivePixelBytes[18..24]];
        Assert.That(images, Is.EqualTo(IdxBytes.Of(0x08, [2, 2, 3], pixels)));
        Assert.That(labels, Is.EqualTo(IdxBytes.Labels(0, 0)));
    }

    [Test]
    public void SaveAsIdx_AnotherOrderInEachPass_KeepsLabelsBesideTheirImages()
    {
        var shuffled = _mlContext.Data.ShuffleRows(_files.Load());

        Save(shuffled);

        var items = IdxFile.Read(PathOf("items")).ToArray<byte>().Chunk(6).Select(Convert.ToHexString);
        var pairs = items.Zip(IdxFile.Read(PathOf("labels")).ToArray<byte>());
        Assert.That(pairs, Is.EquivalentTo(ImageRow.Five.Select(row => (Convert.ToHexString(row.Image), (byte)row.Label))));
    }

    [Test]
    public void SaveAsIdx_FirstLabel_IsTheFirstKeys()
    {
        var (_, labels) = Save(_files.Load(), new IdxSaverOptions { FirstLabel = 1 });

        Assert.That(labels, Is.EqualTo(IdxBytes.Labels(3, 1, 4, 1, 2)));
    }

    [TestCase(256, 0, 0x08)]
    [TestCase(257, 0, 0x0C)]
    [TestCase(256, 1, 0x0C)]
    [TestCase(4, 300, 0x0C)]
    public void SaveAsIdx_Keys_AreBytesWhereAllOfThemFit(int keyCount, int firstLabel, byte elementType)
    {
        var keys = TableRows.WithLabels(_mlContext, new KeyDataViewType(typeof(uint), keyCount), 0u, 2u);
        var (_, labels) = Save(keys, new IdxSaverOptions { FirstLabel = firstLabel });

        Assert.That(labels[2], Is.EqualTo(elementType));
        var options = new IdxLoaderOptions { FirstLabel = firstLabel };
        var loaded = new MLContext().Data.LoadFromIdx(PathOf("items"), PathOf("labels"), options);
        Assert.That(loaded.GetColumn<uint>("Label"), Is.EqualTo(new uint[] { 1, 3 }));
    }

    [Test]
    public void SaveAsIdx_KeysWithTextValues_GivesNumbersInKeyOrder()
    {
        var named = _files.Load(new IdxLoaderOptions { ClassNames = ["ant", "bee", "cat", "dog"] });

        Assert.That(Save(named).Labels, Is.EqualTo(IdxBytes.FiveLabels));
    }

    [Test]
    public void SaveAsIdx_WholeNumbersAsLabels_AreKeptAsTheyAre()
    {
        byte[] minusOneAndSeven = [255, 255, 255, 255, 0, 0, 0, 7];

        Assert.That(LabelsOf<byte>(200, 7), Is.EqualTo(IdxBytes.Labels(200, 7)));
        Assert.That(LabelsOf<sbyte>(-1, 7), Is.EqualTo(IdxBytes.Of(0x0C, [2], minusOneAndSeven)));
        Assert.That(LabelsOf<short>(-1, 7), Is.EqualTo(IdxBytes.Of(0x0C, [2], minusOneAndSeven)));
        Assert.That(LabelsOf<int>(-1, 7), Is.EqualTo(IdxBytes.Of(0x0C, [2], minusOneAndSeven)));
        Assert.That(LabelsOf<long>(-1, 7), Is.EqualTo(IdxBytes.Of(0x0C, [2], minusOneAndSeven)));
        Assert.That(LabelsOf<ushort>(0, 7), Is.EqualTo(IdxBytes.Of(0x0C, [2], 0, 0, 0, 0, 0, 0, 0, 7)));
        Assert.That(LabelsOf<uint>(0, 7), Is.EqualTo(IdxBytes.Of(0x0C, [2], 0, 0, 0, 0, 0, 0, 0, 7)));
        Assert.That(LabelsOf<ulong>(0, 7), Is.EqualTo(IdxBytes.Of(0x0C, [2], 0, 0, 0, 0, 0, 0, 0, 7)));
    }

    [Test]
    public void SaveAsIdx_LabelElementType_IsTheFiles()
    {
        var view = TableRows.WithLabels(_mlContext, labelType: null, -1, 7);

        var int8 = Save(view, new IdxSaverOptions { LabelElementType = IdxElementType.Int8 }).Labels;
        var int16 = Save(view, new IdxSaverOptions { LabelElementType = IdxElementType.Int16 }).Labels;

        Assert.That(int8, Is.EqualTo(IdxBytes.Of(0x09, [2], 255, 7)));
        Assert.That(int16, Is.EqualTo(IdxBytes.Of(0x0B, [2], 255, 255, 0, 7)));
    }

    [Test]
    public void SaveAsIdx_AFieldOfALabelTable_GivesThatFieldAlone()
    {
        var table = _files.Folder.Write("table", IdxBytes.Of(0x08, [5, 2], 2, 9, 0, 9, 3, 9, 0, 9, 1, 9));
        var view = _mlContext.Data.LoadFromIdx(_files.ImagesPath, table, new IdxLoaderOptions { LabelField = 0 });

        Assert.That(Save(view).Labels, Is.EqualTo(IdxBytes.FiveLabels));
    }

    [Test]
    public void SaveAsIdx_NoImageColumn_SavesFeatures()
    {
        var features = _mlContext.Transforms.SelectColumns("Features", "Label");

        _mlContext.Data.SaveAsIdx(features.Fit(_files.Load()).Transform(_files.Load()), PathOf("items"));

        Assert.That(IdxFile.Read(PathOf("items")).ToArray<float>(), Is.EqualTo(ImageRow.Five.SelectMany(row => row.Features)));
    }

    [Test]
    public void SaveAsIdx_NamedColumns_AreTheOnesSaved()
    {
        var view = _files.Load(new IdxLoaderOptions { ImageColumnName = "Picture", LabelColumnName = "Digit" });

        var (images, labels) = Save(view, new IdxSaverOptions { ColumnName = "Picture", LabelColumnName = "Digit" });

        Assert.That(images, Is.EqualTo(IdxBytes.FiveImages));
        Assert.That(labels, Is.EqualTo(IdxBytes.FiveLabels));
    }

    private void AssertSaved<T>(byte elementType, T[] values, Func<T, byte[]> littleEndian)
        where T : unmanaged, INumber<T>
    {
        byte[] bigEndian = [.. values.SelectMany(value => littleEndian(value).Reverse())];

        var items = SaveItems(TableRows.Of(_mlContext, [3, 1], values.Chunk(3)));

        Assert.That(items, Is.EqualTo(IdxBytes.Of(elementType, [2, 3, 1], bigEndian)));
    }

    private byte[] LabelsOf<T>(params T[] labels)
        where T : unmanaged => Save(TableRows.WithLabels(_mlContext, labelType: null, labels)).Labels;

    private byte[] SaveItems(IDataView view, IdxSaverOptions? options = null)
    {
        _mlContext.Data.SaveAsIdx(view, PathOf("items"), options: (options ?? new IdxSaverOptions()) with { ColumnName = "Items" });
        return File.ReadAllBytes(PathOf("items"));
    }

    private (byte[] Images, byte[] Labels) Save(IDataView view, IdxSaverOptions? options = null)
    {
        _mlContext.Data.SaveAsIdx(view, PathOf("items"), PathOf("labels"), options);
        return (File.ReadAllBytes(PathOf("items")), File.ReadAllBytes(PathOf("labels")));
    }

    private string PathOf(string name) => _files.Folder.PathOf(name);
}
