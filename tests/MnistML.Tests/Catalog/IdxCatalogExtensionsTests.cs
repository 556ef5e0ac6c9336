using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Catalog;

public sealed class IdxCatalogExtensionsTests
{
    private static readonly string[] ClassNames = ["ant", "bee", "cat", "dog", "elk"];

    private readonly FiveImageFiles _files = new();

    [OneTimeTearDown]
    public void DeleteFiles() => _files.Dispose();

    [Test]
    public void LoadFromIdx_ImagesAndLabels_GivesThreeColumns() => Assert.That(SchemaText.Of(_files.Load().Schema), Is.EqualTo(new[]
    {
        "Image: Vector<Byte, 2, 3>",
        "Features: Vector<Single, 6>",
        "Label: Key<UInt32, 0-3>",
        "Label.KeyValues: Vector<UInt32, 4> = 0, 1, 2, 3",
    }));

    [Test]
    public void LoadFromIdx_ClassNames_AreTheKeyValues()
    {
        var label = _files.Load(new IdxLoaderOptions { ClassNames = ClassNames }).Schema["Label"];

        Assert.That(SchemaText.Of(label), Is.EqualTo(new[]
        {
            "Label: Key<UInt32, 0-4>",
            "Label.KeyValues: Vector<String, 5> = ant, bee, cat, dog, elk",
        }));
    }

    [Test]
    public void LoadFromIdx_ClassCount_IsTheKeyCount()
    {
        var label = _files.Load(new IdxLoaderOptions { ClassCount = 6 }).Schema["Label"];

        Assert.That(SchemaText.Of(label), Is.EqualTo(new[]
        {
            "Label: Key<UInt32, 0-5>",
            "Label.KeyValues: Vector<UInt32, 6> = 0, 1, 2, 3, 4, 5",
        }));
    }

    [Test]
    public void LoadFromIdx_ColumnNames_AreTheOptions()
    {
        var options = new IdxLoaderOptions { ImageColumnName = "Picture", FeatureColumnName = "Pixels", LabelColumnName = "Digit" };

        Assert.That(_files.Load(options).Schema.Select(column => column.Name), Is.EqualTo(new[] { "Picture", "Pixels", "Digit" }));
    }

    [Test]
    public void LoadFromIdx_NoLabels_GivesNoLabelColumn()
    {
        var view = new MLContext().Data.LoadFromIdx(_files.ImagesPath);

        Assert.That(view.Schema.Select(column => column.Name), Is.EqualTo(new[] { "Image", "Features" }));
        Assert.That(view.GetColumn<byte[]>("Image"), Is.EqualTo(ImageRow.Five.Select(row => row.Image)));
    }

    [Test]
    public void LoadFromIdx_Rows_AreTheBytesOfTheFiles()
    {
        var view = _files.Load();

        Assert.That(view.GetColumn<byte[]>("Image"), Is.EqualTo(IdxBytes.FivePixelBytes.Chunk(6)));
        Assert.That(
            view.GetColumn<float[]>("Features"), Is.EqualTo(IdxBytes.FivePixelBytes.Select(value => value / 255f).Chunk(6)));
        Assert.That(view.GetColumn<uint>("Label"), Is.EqualTo(new uint[] { 3, 1, 4, 1, 2 }));
    }

    [Test]
    public void LoadFromIdx_EveryByte_IsScaledToTheNearestSingle()
    {
        byte[] pixels = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        var path = _files.Folder.Write("every-byte", IdxBytes.Of(0x08, [4, 64], pixels));

        var features = new MLContext().Data.LoadFromIdx(path).GetColumn<float[]>("Features").SelectMany(row => row);

        Assert.That(features, Is.EqualTo(pixels.Select(value => (float)(value / 255.0))));
    }

    [Test]
    public void LoadFromIdx_NoRows_GivesAnEmptyView()
    {
        var images = _files.Folder.Write("no-images", IdxBytes.Of(0x08, [0, 2, 3]));
        var labels = _files.Folder.Write("no-labels", IdxBytes.Labels());

        var view = new MLContext().Data.LoadFromIdx(images, labels);

        Assert.That(view.GetRowCount(), Is.Zero);
        Assert.That(view.GetColumn<uint>("Label"), Is.Empty);
        Assert.That(view.Schema["Features"].Type.ToString(), Is.EqualTo("Vector<Single, 6>"));
    }

    [Test]
    public void LoadFromIdx_NullArguments_Throws()
    {
        Assert.That(() => ((DataOperationsCatalog)null!).LoadFromIdx(_files.ImagesPath), Throws.ArgumentNullException);
        Assert.That(() => new MLContext().Data.LoadFromIdx(null!), Throws.ArgumentNullException);
        Assert.That(() => new MLContext().Data.LoadFromIdx(""), Throws.ArgumentException);
    }

    [Test]
    public void Options_ClassNames_AreCopiedAndComparedByValue()
    {
        string[] names = [.. ClassNames];
        var options = new IdxLoaderOptions { ClassNames = names };

        names[0] = "ape";

        Assert.That(options.ClassNames, Is.EqualTo(ClassNames));
        Assert.That(options, Is.EqualTo(new IdxLoaderOptions { ClassNames = ClassNames }));
        Assert.That(options, Is.Not.EqualTo(new IdxLoaderOptions { ClassNames = names }));
    }
}
