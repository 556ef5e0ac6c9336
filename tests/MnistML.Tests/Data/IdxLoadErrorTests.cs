using Microsoft.ML;
using MnistML.Tests.Support;

namespace MnistML.Tests.Data;

public sealed class IdxLoadErrorTests
{
    private const string ImagesExpected = "but images of UInt8 were expected, such as UInt8 60000×28×28 (count × height × width).";
    private const string LabelsExpected = "but labels of UInt8 were expected, such as UInt8 60000.";

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
            $"'{labels}' holds {count} labels, but '{_files.ImagesPath}' holds 5 images. Do the files belong together?");
    }

    [Test]
    public void LoadFromIdx_SwappedFiles_ThrowsAndAsks() => AssertInvalid(
        _files.LabelsPath, _files.ImagesPath,
        $"'{_files.LabelsPath}' holds UInt8 5, {ImagesExpected} These may be labels: are the two files swapped?");

    [Test]
    public void LoadFromIdx_ImagesAsLabels_ThrowsAndAsks() => AssertInvalid(
        _files.ImagesPath, _files.ImagesPath,
        $"'{_files.ImagesPath}' holds UInt8 5×2×3, {LabelsExpected} These may be images: are the two files swapped?");

    [Test]
    public void LoadFromIdx_LabelTable_Throws()
    {
        var labels = _files.Folder.Write("label-table", IdxBytes.Of(0x08, [5, 2], new byte[10]));

        AssertInvalid(_files.ImagesPath, labels, $"'{labels}' holds UInt8 5×2, {LabelsExpected}");
    }

    [Test]
    public void LoadFromIdx_LabelsOfAnotherElementType_Throws()
    {
        var labels = _files.Folder.Write("signed-labels", IdxBytes.Of(0x09, [5], new byte[5]));

        AssertInvalid(_files.ImagesPath, labels, $"'{labels}' holds Int8 5, {LabelsExpected}");
    }

    [Test]
    public void LoadFromIdx_ImagesOfAnotherElementType_Throws()
    {
        var images = _files.Folder.Write("int16-images", IdxBytes.Of(0x0B, [5, 2, 3], new byte[60]));

        AssertInvalid(images, null, $"'{images}' holds Int16 5×2×3, {ImagesExpected}");
    }

    [Test]
    public void LoadFromIdx_ImagesWithoutPixels_Throws()
    {
        var images = _files.Folder.Write("no-pixels", IdxBytes.Of(0x08, [5, 2, 0]));

        AssertInvalid(images, null, $"'{images}' holds UInt8 5×2×0, {ImagesExpected}");
    }

    [Test]
    public void LoadFromIdx_LabelBeyondTheClassCount_ThrowsAndNamesTheRow() => AssertInvalid(
        _files.ImagesPath, _files.LabelsPath,
        $"'{_files.LabelsPath}' holds label 3 in row 2 (zero-based), but with 3 classes labels go from 0 to 2.",
        new IdxLoaderOptions { ClassCount = 3 });

    [Test]
    public void LoadFromIdx_LabelWithoutAName_ThrowsAndNamesTheRow() => AssertInvalid(
        _files.ImagesPath, _files.LabelsPath,
        $"'{_files.LabelsPath}' holds label 3 in row 2 (zero-based), but with 2 classes labels go from 0 to 1.",
        new IdxLoaderOptions { ClassNames = ["ant", "bee"], ClassCount = 9 });

    [Test]
    public void LoadFromIdx_BrokenFile_ThrowsAndNamesIt()
    {
        var images = _files.Folder.Write("broken", []);

        AssertInvalid(images, null, $"'{images}' is empty, but an IDX file was expected.");
    }

    [Test]
    public void LoadFromIdx_MissingLabels_Throws() => Assert.That(
        () => new MLContext().Data.LoadFromIdx(_files.ImagesPath, _files.Folder.PathOf("missing")), Throws.TypeOf<FileNotFoundException>());

    private static void AssertInvalid(string images, string? labels, string message, IdxLoaderOptions? options = null) => Assert.That(
        () => new MLContext().Data.LoadFromIdx(images, labels, options),
        Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(message));
}
