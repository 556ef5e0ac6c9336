using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Data.Saving;

/// <summary>Whatever goes wrong, both files stay as they were, and nothing lies beside them.</summary>
public sealed class IdxSaverErrorTests
{
    private static readonly byte[] OldImages = [1, 2, 3];
    private static readonly byte[] OldLabels = [4, 5];

    private readonly MLContext _mlContext = new(seed: 1);
    private TemporaryFolder _folder = null!;
    private string _imagesPath = null!;
    private string _labelsPath = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        (_imagesPath, _labelsPath) = (_folder.Write("images", OldImages), _folder.Write("labels", OldLabels));
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void SaveAsIdx_MissingColumn_Throws() => AssertRefused<ArgumentOutOfRangeException>(
        Labels(1, 2),
        "The data has no column 'Pixels', but 'Features', 'Label': name one of them by ColumnName. (Parameter 'data')",
        new IdxSaverOptions { ColumnName = "Pixels" });

    [Test]
    public void SaveAsIdx_NeitherImageNorFeatures_Throws() => AssertRefused<ArgumentOutOfRangeException>(
        TableRows.OfPlain<byte>(_mlContext, 1),
        "The data has no column 'Features', but 'Items': name one of them by ColumnName. (Parameter 'data')");

    [Test]
    public void SaveAsIdx_MissingLabelColumn_Throws() => AssertRefused<ArgumentOutOfRangeException>(
        Labels(1, 2),
        "The data has no column 'Digit', but 'Features', 'Label': name one of them by LabelColumnName. (Parameter 'data')",
        new IdxSaverOptions { LabelColumnName = "Digit" });

    [Test]
    public void SaveAsIdx_VectorOfUnknownSize_Throws() => AssertItemsRefused<ArgumentOutOfRangeException>(
        TableRows.Of(_mlContext, [new Row<byte[]> { Items = [1, 2] }], type: null),
        "The column 'Items' is Vector<Byte>, whose size differs from row to row, "
        + "but the items of an IDX file are all of one size. (Parameter 'column')");

    [Test]
    public void SaveAsIdx_Text_Throws() => AssertItemsRefused<ArgumentOutOfRangeException>(
        TableRows.Of(_mlContext, [new Row<string> { Items = "seven" }], type: null),
        "The column 'Items' is String, but IDX holds numbers only: name a column of numbers by ColumnName. (Parameter 'column')");

    [Test]
    public void SaveAsIdx_EightDimensions_Throws() => AssertItemsRefused<ArgumentOutOfRangeException>(
        TableRows.Of<byte>(_mlContext, [1, 1, 1, 1, 1, 1, 1, 1], [[1]]),
        "The column 'Items' is Vector<Byte, 1, 1, 1, 1, 1, 1, 1, 1>, of 8 dimensions, "
        + "but with the number of items there may be 8 at most: give it fewer. (Parameter 'column')");

    [Test]
    public void SaveAsIdx_NaNInAnInteger_NamesRowAndSlot() => AssertItemsRefused<InvalidDataException>(
        TableRows.Of<float>(_mlContext, [2], [[1, 2], [3, float.NaN]]),
        "Row 1, slot 1 (both zero-based) of the column 'Items' holds NaN, but UInt8 has room for whole numbers from 0 to 255: "
        + "choose another ElementType or Scale, or take the row out.",
        new IdxSaverOptions { ElementType = IdxElementType.UInt8 });

    [TestCase(1.5, IdxElementType.Int32, "1.5", "Int32", "-2147483648 to 2147483647")]
    [TestCase(0.9960, IdxElementType.UInt8, "0.996", "UInt8", "0 to 255")]
    [TestCase(256, IdxElementType.UInt8, "256", "UInt8", "0 to 255")]
    [TestCase(-1, IdxElementType.UInt8, "-1", "UInt8", "0 to 255")]
    [TestCase(-129, IdxElementType.Int8, "-129", "Int8", "-128 to 127")]
    [TestCase(32_768, IdxElementType.Int16, "32768", "Int16", "-32768 to 32767")]
    [TestCase(2_147_483_648, IdxElementType.Int32, "2147483648", "Int32", "-2147483648 to 2147483647")]
    [TestCase(double.PositiveInfinity, IdxElementType.Int32, "Infinity", "Int32", "-2147483648 to 2147483647")]
    public void SaveAsIdx_NumberThatIsNoSuchInteger_NamesTheRange(
        double value, IdxElementType type, string found, string name, string range) =>
        AssertItemsRefused<InvalidDataException>(
            TableRows.OfPlain(_mlContext, 7, value),
            $"Row 1 (zero-based) of the column 'Items' holds {found}, but {name} has room for whole numbers from {range}: "
            + "choose another ElementType or Scale, or take the row out.",
            new IdxSaverOptions { ElementType = type });

    [Test]
    public void SaveAsIdx_LongBeyondInt32_Throws() => AssertItemsRefused<InvalidDataException>(
        TableRows.OfPlain(_mlContext, 1L << 31),
        "Row 0 (zero-based) of the column 'Items' holds 2147483648, but Int32 has room for whole numbers from -2147483648 to 2147483647: "
        + "choose another ElementType or Scale, or take the row out.");

    [Test]
    public void SaveAsIdx_DoubleBeyondSingle_Throws() => AssertItemsRefused<InvalidDataException>(
        TableRows.OfPlain(_mlContext, 1e39),
        "Row 0 (zero-based) of the column 'Items' holds 1E+39, "
        + "but Single has room for numbers from -3.4028234663852886E+38 to 3.4028234663852886E+38: "
        + "choose another ElementType or Scale, or take the row out.",
        new IdxSaverOptions { ElementType = IdxElementType.Single });

    [Test]
    public void SaveAsIdx_ScaledOutOfRange_ShowsBothNumbers() => AssertItemsRefused<InvalidDataException>(
        TableRows.OfPlain(_mlContext, 2f),
        "Row 0 (zero-based) of the column 'Items' holds 2, which times Scale 255 is 510, "
        + "but UInt8 has room for whole numbers from 0 to 255: "
        + "choose another ElementType or Scale, or take the row out.",
        new IdxSaverOptions { ElementType = IdxElementType.UInt8, Scale = 255 });

    [Test]
    public void SaveAsIdx_RowOfAnotherLength_Throws() => AssertItemsRefused<InvalidDataException>(
        new OtherLengthView(_mlContext),
        "Row 1 (zero-based) of the column 'Items' has 3 values, but its type is Vector<Byte, 2>: "
        + "correct the step that creates the column.");

    [Test]
    public void SaveAsIdx_TextLabel_Throws() => AssertRefused<ArgumentOutOfRangeException>(
        Labels("seven"),
        "The column 'Label' is String, but labels are keys or whole numbers: "
        + "apply MapValueToKey first, or name another column by LabelColumnName. (Parameter 'column')");

    [Test]
    public void SaveAsIdx_LabelOfFractions_Throws() => AssertRefused<ArgumentOutOfRangeException>(
        Labels(1f),
        "The column 'Label' is Single, but labels are keys or whole numbers: "
        + "apply MapValueToKey first, or name another column by LabelColumnName. (Parameter 'column')");

    [Test]
    public void SaveAsIdx_MissingKey_NamesTheRow() => AssertRefused<InvalidDataException>(
        TableRows.WithLabels(_mlContext, new KeyDataViewType(typeof(uint), 3), 0u, 3u),
        "Row 1 (zero-based) of the column 'Label' holds a missing key, but every item needs its label: take the row out.");

    [Test]
    public void SaveAsIdx_LabelOutOfRange_NamesTheRoom() => AssertRefused<InvalidDataException>(
        Labels(3, -1),
        "Row 1 (zero-based) of the column 'Label' holds label -1, "
        + "but UInt8 has room for whole numbers from 0 to 255: choose another LabelElementType.",
        new IdxSaverOptions { LabelElementType = IdxElementType.UInt8 });

    [Test]
    public void SaveAsIdx_LargestUnsignedLabel_Throws() => AssertRefused<InvalidDataException>(
        Labels(ulong.MaxValue),
        "Row 0 (zero-based) of the column 'Label' holds label 18446744073709551615, "
        + "but Int32 has room for whole numbers from -2147483648 to 2147483647: choose another LabelElementType.");

    [Test]
    public void SaveAsIdx_OneFileForBoth_Throws() => Assert.That(
        () => _mlContext.Data.SaveAsIdx(Labels(1), _imagesPath, Path.Combine(_folder.Path, ".", "images")),
        Throws.ArgumentException.With.Message.EqualTo(
            $"Images and labels are both to be written to '{_imagesPath}': name two files. (Parameter 'labelsPath')"));

    [Test]
    public void SaveAsIdx_DataThatThrowsInTheMiddle_LeavesBothFilesAsTheyWere()
    {
        AssertRefused<InvalidOperationException>(_mlContext.Data.LoadFromEnumerable(ThrowAfterTwo()), "No third row.");

        static IEnumerable<LabelledRow<int>> ThrowAfterTwo()
        {
            yield return new LabelledRow<int> { Label = 1 };
            yield return new LabelledRow<int> { Label = 2 };
            throw new InvalidOperationException("No third row.");
        }
    }

    [Test]
    public void SaveAsIdx_LabelsPathBecomesAFolderMeanwhile_PutsTheOldImagesBack()
    {
        File.Delete(_labelsPath);

        Assert.That(
            () => _mlContext.Data.SaveAsIdx(_mlContext.Data.LoadFromEnumerable(RowsThenFolder()), _imagesPath, _labelsPath),
            Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());

        Assert.That(File.ReadAllBytes(_imagesPath), Is.EqualTo(OldImages));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "images", "labels" }));
        Assert.That(Directory.Exists(_labelsPath), Is.True);

        IEnumerable<LabelledRow<int>> RowsThenFolder()
        {
            yield return new LabelledRow<int> { Label = 1 };
            Directory.CreateDirectory(_labelsPath);
        }
    }

    [Test]
    public void SaveAsIdx_LabelsPathBecomesAFolderMeanwhile_TakesNewImagesAway()
    {
        File.Delete(_imagesPath);
        File.Delete(_labelsPath);

        Assert.That(
            () => _mlContext.Data.SaveAsIdx(_mlContext.Data.LoadFromEnumerable(RowsThenFolder()), _imagesPath, _labelsPath),
            Throws.InstanceOf<IOException>().Or.InstanceOf<UnauthorizedAccessException>());

        Assert.That(_folder.Names, Is.EqualTo(new[] { "labels" }));

        IEnumerable<LabelledRow<int>> RowsThenFolder()
        {
            yield return new LabelledRow<int> { Label = 1 };
            Directory.CreateDirectory(_labelsPath);
        }
    }

    [Test]
    public void SaveAsIdx_LabelsPathIsAFolder_ThrowsAndLeavesTheImages()
    {
        var folder = Directory.CreateDirectory(_folder.PathOf("folder")).FullName;

        Assert.That(
            () => _mlContext.Data.SaveAsIdx(Labels(1), _imagesPath, folder),
            Throws.InstanceOf<IOException>().With.Message.EqualTo($"'{folder}' is a folder, but a file is to be written: name a file."));

        Assert.That(File.ReadAllBytes(_imagesPath), Is.EqualTo(OldImages));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "folder", "images", "labels" }));
    }

    [Test]
    public void SaveAsIdx_MissingFolder_NamesIt()
    {
        var path = _folder.PathOf(Path.Combine("nowhere", "labels"));

        AssertRefused<DirectoryNotFoundException>(
            Labels(1),
            $"'{path}' can't be written, since the folder '{Path.GetDirectoryName(path)}' does not exist: create it first.",
            labelsPath: path);
    }

    [Test]
    public void SaveAsIdx_UnfitOptions_NamesEachViolation() => AssertRefused<ArgumentException>(
        Labels(1),
        """
        These options can't be used:
        - ColumnName is empty, but must be a column's name, or null.
        - LabelColumnName must not be empty.
        - ElementType is 3, but must be one of UInt8, Int8, Int16, Int32, Single, Double.
        - Scale is NaN, but must be a finite number other than 0.
        - FirstLabel is -1, but must be at least 0.
        - LabelElementType is Single, but labels are whole numbers: UInt8, Int8, Int16 or Int32. (Parameter 'options')
        """.ReplaceLineEndings(),
        new IdxSaverOptions
        {
            ColumnName = " ",
            LabelColumnName = "",
            ElementType = (IdxElementType)3,
            Scale = float.NaN,
            FirstLabel = -1,
            LabelElementType = IdxElementType.Single,
        });

    [Test]
    public void SaveAsIdx_NullOrEmptyArguments_Throws()
    {
        Assert.That(() => ((DataOperationsCatalog)null!).SaveAsIdx(Labels(1), _imagesPath), Throws.ArgumentNullException);
        Assert.That(() => _mlContext.Data.SaveAsIdx(null!, _imagesPath), Throws.ArgumentNullException);
        Assert.That(() => _mlContext.Data.SaveAsIdx(Labels(1), null!), Throws.ArgumentNullException);
        Assert.That(() => _mlContext.Data.SaveAsIdx(Labels(1), _imagesPath, ""), Throws.ArgumentException);
    }

    private IDataView Labels<T>(params T[] labels) => TableRows.WithLabels(_mlContext, labelType: null, labels);

    private void AssertItemsRefused<TException>(IDataView view, string message, IdxSaverOptions? options = null)
        where TException : Exception
    {
        Assert.That(
            () => _mlContext.Data.SaveAsIdx(view, _imagesPath, options: (options ?? new IdxSaverOptions()) with { ColumnName = "Items" }),
            Throws.TypeOf<TException>().With.Message.EqualTo(message));
        AssertUntouched();
    }

    private void AssertRefused<TException>(IDataView view, string message, IdxSaverOptions? options = null, string? labelsPath = null)
        where TException : Exception
    {
        Assert.That(
            () => _mlContext.Data.SaveAsIdx(view, _imagesPath, labelsPath ?? _labelsPath, options),
            Throws.TypeOf<TException>().With.Message.EqualTo(message));
        AssertUntouched();
    }

    private void AssertUntouched()
    {
        Assert.That(File.ReadAllBytes(_imagesPath), Is.EqualTo(OldImages));
        Assert.That(File.ReadAllBytes(_labelsPath), Is.EqualTo(OldLabels));
        Assert.That(_folder.Names, Is.EqualTo(new[] { "images", "labels" }));
    }

    /// <summary>A view that does not keep its promise: vectors of 2, of which the second has 3.</summary>
    private sealed class OtherLengthView(MLContext mlContext) : IDataView
    {
        private readonly IDataView _honest = TableRows.Of<byte>(mlContext, [2], [[1, 2], [3, 4]]);

        public DataViewSchema Schema => _honest.Schema;

        public bool CanShuffle => false;

        public long? GetRowCount() => null;

        public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null) =>
            new Cursor(_honest.GetRowCursor(columnsNeeded));

        public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
            [GetRowCursor(columnsNeeded)];

        private sealed class Cursor(DataViewRowCursor honest) : DataViewRowCursor
        {
            public override DataViewSchema Schema => honest.Schema;

            public override long Position => honest.Position;

            public override long Batch => 0;

            public override bool MoveNext() => honest.MoveNext();

            public override bool IsColumnActive(DataViewSchema.Column column) => honest.IsColumnActive(column);

            public override ValueGetter<DataViewRowId> GetIdGetter() => honest.GetIdGetter();

            public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            {
                ValueGetter<VBuffer<byte>> get = (ref VBuffer<byte> value) =>
                    value = new VBuffer<byte>((int)honest.Position + 2, [1, 2, 3]);
                return (ValueGetter<TValue>)(object)get;
            }
        }
    }
}
