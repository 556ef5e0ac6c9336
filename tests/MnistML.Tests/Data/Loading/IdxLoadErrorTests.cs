using Microsoft.ML;
using MnistML.Tests.Support;

namespace MnistML.Tests.Data.Loading;

public sealed class IdxLoadErrorTests
{
    private readonly FiveImageFiles _files = new();

    [OneTimeTearDown]
    public void DeleteFiles() => _files.Dispose();

    [TestCase(4)]
    [TestCase(6)]
    public void LoadFromIdx_OtherNumberOfLabels_Throws(int count)
    {
        var labels = _files.Folder.Write("other-count", IdxBytes.Labels(new byte[count]));

        AssertInvalid(
            _files.ImagesPath, labels,
            $"'{labels}' holds {count} labels, but '{_files.ImagesPath}' holds 5 images: take two files that belong together.");
    }

    [Test]
    public void LoadFromIdx_SwappedFiles_SaysSo() => AssertInvalid(
        _files.LabelsPath, _files.ImagesPath,
        $"'{_files.LabelsPath}' holds UInt8 5 and '{_files.ImagesPath}' holds UInt8 5×2×3: "
        + "the two are swapped, since the images come first.");

    [Test]
    public void LoadFromIdx_ImagesAsLabels_Throws() => AssertInvalid(
        _files.ImagesPath, _files.ImagesPath,
        $"'{_files.ImagesPath}' holds UInt8 5×2×3, but labels were expected, such as UInt8 60000: take the file of labels.");

    [Test]
    public void LoadFromIdx_LabelTableWithoutAField_SaysWhichOptionSaysIt()
    {
        var labels = _files.Folder.Write("label-table", IdxBytes.Of(0x08, [5, 2], new byte[10]));

        AssertInvalid(
            _files.ImagesPath, labels,
            $"'{labels}' holds UInt8 5×2, a table of 2 columns: say by LabelField which of them is the label (0 for QMNIST).");
    }

    [TestCase(2)]
    [TestCase(int.MaxValue)]
    public void LoadFromIdx_LabelFieldBeyondTheTable_Throws(int field)
    {
        var labels = _files.Folder.Write("narrow-table", IdxBytes.Of(0x08, [5, 2], new byte[10]));

        AssertInvalid(
            _files.ImagesPath, labels,
            $"'{labels}' holds UInt8 5×2, 2 in a row, but LabelField is {field} (zero-based).",
            new IdxLoaderOptions { LabelField = field });
    }

    [Test]
    public void LoadFromIdx_LabelTableWithoutColumns_Throws()
    {
        var labels = _files.Folder.Write("no-columns", IdxBytes.Of(0x08, [5, 0]));

        AssertInvalid(_files.ImagesPath, labels, $"'{labels}' holds UInt8 5×0, 0 in a row, but LabelField is 0 (zero-based).");
    }

    [Test]
    public void LoadFromIdx_LabelsOfFractions_Throws()
    {
        var labels = _files.Folder.Write("fractions", IdxBytes.Of(0x0D, [5], new byte[20]));

        AssertInvalid(
            _files.ImagesPath, labels,
            $"'{labels}' holds Single 5, but labels must be whole numbers: UInt8, Int8, Int16 or Int32.");
    }

    [Test]
    public void LoadFromIdx_ImagesWithoutPixels_Throws()
    {
        var images = _files.Folder.Write("no-pixels", IdxBytes.Of(0x08, [5, 2, 0]));

        AssertInvalid(
            images, null,
            $"'{images}' holds UInt8 5×2×0, items without elements, "
            + "but images were expected, such as UInt8 60000×28×28 (count × height × width).");
    }

    [Test]
    public void LoadFromIdx_TransposeOfPlainVectors_Throws()
    {
        var images = _files.Folder.Write("vectors", IdxBytes.Of(0x08, [5, 2], new byte[10]));

        AssertInvalid(
            images, null, $"'{images}' holds UInt8 5×2, whose items have no height and width to swap: leave Transpose out.",
            new IdxLoaderOptions { Transpose = true });
    }

    [Test]
    public void LoadFromIdx_NegativeLabel_ThrowsEvenIfItIsTheOnlyFault()
    {
        var labels = _files.Folder.Write("negative", IdxBytes.Of(0x09, [5], 0, 1, 0xFD, 3, 0xFF));

        AssertInvalid(_files.ImagesPath, labels, $"'{labels}' holds label -3 in row 2 (zero-based), but labels begin with 0.");
    }

    [Test]
    public void LoadFromIdx_LabelBelowTheFirst_Throws()
    {
        AssertInvalid(
            _files.ImagesPath, _files.LabelsPath, $"'{_files.LabelsPath}' holds label 0 in row 1 (zero-based), but labels begin with 1.",
            new IdxLoaderOptions { FirstLabel = 1 });
        AssertInvalid(
            _files.ImagesPath, _files.LabelsPath,
            $"'{_files.LabelsPath}' holds label 0 in row 1 (zero-based), but with 3 classes labels go from 1 to 3.",
            new IdxLoaderOptions { FirstLabel = 1, ClassCount = 3 });
    }

    [Test]
    public void LoadFromIdx_LabelsThatAreNoClasses_ThrowsBeforeAMillionKeysAreMade()
    {
        var labels = _files.Folder.Write("numbers", IdxBytes.Of(0x0C, [5], [.. new byte[16], 0x00, 0x10, 0x00, 0x00]));

        AssertInvalid(
            _files.ImagesPath, labels,
            $"'{labels}' holds label 1048576 in row 4 (zero-based), "
            + "but there can be at most 1048576 classes: is this the column of labels?");
    }

    [Test]
    public void LoadFromIdx_UnfitOptions_NamesEachViolation() => Assert.That(
        () => _files.Load(new IdxLoaderOptions
        {
            ClassNames = [],
            ClassCount = 0,
            FirstLabel = -1,
            LabelField = -2,
            Scale = float.NaN,
            MaxUnpackedBytes = 0,
            ImageColumnName = "Features",
        }),
        Throws.ArgumentException.With.Property("ParamName").EqualTo("options").And.Message.EqualTo(
            """
            These options can't be used:
            - ClassNames is empty, but there must be one name at least.
            - ClassCount is 0, but must be at least 1.
            - FirstLabel is -1, but must be at least 0.
            - LabelField is -2, but must be at least 0.
            - Scale is NaN, but must be a finite number other than 0.
            - MaxUnpackedBytes is 0, but must be at least 1.

            """.ReplaceLineEndings()
            + "- FeatureColumnName, ImageColumnName and LabelColumnName are 'Features', 'Features', 'Label', "
            + "but must be different. (Parameter 'options')"));

    [Test]
    public void LoadFromIdx_MoreUnpackedThanIsWanted_Throws() => Assert.That(
        () => _files.Load(new IdxLoaderOptions { MaxUnpackedBytes = 4 }),
        Throws.TypeOf<InvalidDataException>().With.Message.StartsWith(
            $"'{_files.LabelsPath}' unpacks to UInt8 5, 5 bytes, but at most 4 are held"));

    [Test]
    public void LoadFromIdx_LabelBeyondTheClassCount_ThrowsAndNamesTheRow() => AssertInvalid(
        _files.ImagesPath, _files.LabelsPath,
        $"'{_files.LabelsPath}' holds label 3 in row 2 (zero-based), but with 3 classes labels go from 0 to 2.",
        new IdxLoaderOptions { ClassCount = 3 });

    [Test]
    public void LoadFromIdx_LabelWithoutAName_ThrowsAndNamesTheRow() => AssertInvalid(
        _files.ImagesPath, _files.LabelsPath,
        $"'{_files.LabelsPath}' holds label 2 in row 0 (zero-based), but with 2 classes labels go from 0 to 1.",
        new IdxLoaderOptions { ClassNames = ["ant", "bee"], ClassCount = 9 });

    [Test]
    public void LoadFromIdx_BrokenFile_ThrowsAndNamesIt()
    {
        var images = _files.Folder.Write("broken", []);

        AssertInvalid(
            images, null,
            $"'{images}' is empty, but an IDX file was expected: fetch it again, from another address if that does not help.");
    }

    [Test]
    public void LoadFromIdx_MissingLabels_Throws() => Assert.That(
        () => new MLContext().Data.LoadFromIdx(_files.ImagesPath, _files.Folder.PathOf("missing")), Throws.TypeOf<FileNotFoundException>());

    private static void AssertInvalid(string images, string? labels, string message, IdxLoaderOptions? options = null) => Assert.That(
        () => new MLContext().Data.LoadFromIdx(images, labels, options),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(message));
}
