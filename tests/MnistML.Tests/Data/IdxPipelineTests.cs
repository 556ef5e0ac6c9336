using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Data;

/// <summary>What ML.NET's own operations make of the files is what they make of the same rows in memory.</summary>
public sealed class IdxPipelineTests
{
    private readonly FiveImageFiles _files = new();
    private readonly ManyImageFiles _many = new(250);

    [OneTimeTearDown]
    public void DeleteFiles()
    {
        _files.Dispose();
        _many.Dispose();
    }

    [Test]
    public void CreateEnumerable_Files_GivesTheRowsInMemory() => AssertSame((_, view) => view, rowCount: 250);

    [Test]
    public void TakeRows_Files_GivesTheFirst() => AssertSame((data, view) => data.TakeRows(view, 2), rowCount: 2);

    [Test]
    public void SkipRows_Files_GivesTheRest() => AssertSame((data, view) => data.SkipRows(view, 3), rowCount: 247);

    [Test]
    public void Cache_Files_GivesAllRows() => AssertSame((data, view) => data.Cache(view), rowCount: 250);

    [Test]
    public void ShuffleRows_Files_GivesTheSameOrder()
    {
        AssertSame((data, view) => data.ShuffleRows(view, seed: 2, shufflePoolSize: 10, shuffleSource: false), rowCount: 250);

        // Objects can't be read in another order, but a cache of them can, as files can.
        AssertSame((data, view) => data.ShuffleRows(view.CanShuffle ? view : data.Cache(view), seed: 2), rowCount: 250);
    }

    [Test]
    public void FilterRowsByColumn_Files_GivesTheSameRows()
    {
        var withSum = new MLContext().Transforms.CustomMapping<ImageRow, PixelSum>(
            (row, sum) => sum.Sum = row.Image.Sum(pixel => pixel), contractName: null);

        AssertSame(
            (data, view) => data.FilterRowsByColumn(withSum.Fit(view).Transform(view), "Sum", lowerBound: 600, upperBound: 900),
            rowCount: null);
    }

    [Test]
    public void FilterRowsByKeyColumnFraction_Files_GivesTheSameRows() =>
        AssertSame((data, view) => data.FilterRowsByKeyColumnFraction(view, "Label", 0, 0.5), rowCount: null);

    [Test]
    public void TrainTestSplit_Files_GivesTheSameRows([Values(null, "Label")] string? samplingKey)
    {
        AssertSame((data, view) => data.TrainTestSplit(view, testFraction: 0.4, samplingKey, seed: 3).TrainSet, rowCount: null);
        AssertSame((data, view) => data.TrainTestSplit(view, testFraction: 0.4, samplingKey, seed: 3).TestSet, rowCount: null);
    }

    [Test]
    public void CrossValidationSplit_Files_GivesTheSameFolds([Range(0, 4)] int fold)
    {
        AssertSame((data, view) => data.CrossValidationSplit(view, numberOfFolds: 5, seed: 3)[fold].TrainSet, rowCount: null);
        AssertSame((data, view) => data.CrossValidationSplit(view, numberOfFolds: 5, seed: 3)[fold].TestSet, rowCount: null);
    }

    [Test]
    public void Preview_Files_ShowsTheRowsInMemory()
    {
        var preview = _files.Load().Preview(maxRows: 3);

        Assert.That(preview.RowView, Has.Length.EqualTo(3));
        for (var row = 0; row < 3; row++)
        {
            var values = preview.RowView[row].Values.ToDictionary(pair => pair.Key, pair => pair.Value);
            var expected = ImageRow.Five[row];
            Assert.That(((VBuffer<byte>)values["Image"]).DenseValues(), Is.EqualTo(expected.Image));
            Assert.That(((VBuffer<float>)values["Features"]).DenseValues(), Is.EqualTo(expected.Features));
            Assert.That(values["Label"], Is.EqualTo(expected.Label + 1));
        }
    }

    [Test]
    public void MapKeyToValue_Label_GivesNumbersOrNames()
    {
        var mlContext = new MLContext();
        var toValue = mlContext.Transforms.Conversion.MapKeyToValue("Value", "Label");
        var numbers = _files.Load();
        var names = _files.Load(new IdxLoaderOptions { ClassNames = ["ant", "bee", "cat", "dog"] });

        Assert.That(toValue.Fit(numbers).Transform(numbers).GetColumn<uint>("Value"), Is.EqualTo(new uint[] { 2, 0, 3, 0, 1 }));
        Assert.That(
            toValue.Fit(names).Transform(names).GetColumn<string>("Value"), Is.EqualTo(new[] { "cat", "ant", "dog", "ant", "bee" }));
    }

    private void AssertSame(Func<DataOperationsCatalog, IDataView, IDataView> operation, int? rowCount)
    {
        var mlContext = new MLContext(seed: 1);
        var inMemory = mlContext.Data.LoadFromEnumerable(_many.Rows);

        var expected = Rows(mlContext, operation(mlContext.Data, inMemory));
        var actual = Rows(mlContext, operation(mlContext.Data, _many.Load()));

        Assert.That(actual, Is.EqualTo(expected));
        Assert.That(actual, rowCount is { } count ? Has.Count.EqualTo(count) : Has.Count.InRange(1, 249));
    }

    private static List<string?> Rows(MLContext mlContext, IDataView view) =>
        [.. mlContext.Data.CreateEnumerable<ImageRow>(view, reuseRowObject: false).Select(row => row.ToString())];

    private sealed class PixelSum
    {
        public float Sum { get; set; }
    }
}
