using Google.Protobuf;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Onnx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Archive;

/// <summary>
/// Models as ML.NET saves them on Windows, where it names the entries of the archive with backslashes; they are renamed here.
/// </summary>
[NonParallelizable]
public sealed class SeparatorTests
{
    private const string Checksum = "mnistml.stages";

    private ScoringCase _case = null!;
    private TransformerChain<ITransformer> _pipeline = null!;
    private string[] _expected = [];
    private byte[] _zip = [];

    [OneTimeSetUp]
    public void Save()
    {
        _case = new ScoringCase();
        var normalize = _case.MlContext.Transforms.NormalizeMinMax("Features").Fit(_case.Data);
        var mlp = ScoringCase.CreateTransformer(_case.MlContext, _case.Model, normalize.Transform(_case.Data).Schema);
        _pipeline = new TransformerChain<ITransformer>(normalize, new TransformerChain<ITransformer>(mlp));
        _expected = [.. Predictions.Bits(_pipeline.Transform(_case.Data))];
        _zip = SavedModel.Save(_case.MlContext, _pipeline, _case.Data.Schema);
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        _pipeline.Dispose();
        _case.Dispose();
    }

    [Test]
    public void LoadMlp_PathsWithBackslashes_FindsTheNetwork() => AssertLoads(Zip.WithSeparator(_zip, '\\'));

    [Test]
    public void LoadMlp_EveryOtherPathWithBackslashes_FindsTheNetwork() => AssertLoads(
        Zip.Write(Zip.Read(_zip).Select((entry, i) => i % 2 == 0 ? entry : (entry.Path.Replace('/', '\\'), entry.Content))));

    [Test]
    public void LoadMlp_BothSeparatorsInEachPath_FindsTheNetwork() => AssertLoads(Renamed(LastSlashAsBackslash));

    /// <summary>ML.NET reads such archives itself, on every system.</summary>
    [Test]
    public void Load_PathsWithBackslashes_GivesTheSameScores()
    {
        using var stream = new MemoryStream(Zip.WithSeparator(_zip, '\\'));
        using var model = (TransformerChain<ITransformer>)new MLContext().Model.Load(stream, out _);

        Assert.That(Predictions.Bits(model.Transform(_case.Data)), Is.EqualTo(_expected));
    }

    /// <summary>The console sample wrote the file under Wine: train --hidden 3 --epochs 1 --seed 1, on drawn digits.</summary>
    [Test]
    public void LoadMlp_OfAFileThatWindowsWrote_FindsTheNetwork()
    {
        var path = Repository.PathOf("tests/MnistML.Tests/Compatibility/Files-Windows/model.zip");
        var mlContext = new MLContext(seed: 1);
        var random = new Random(1);
        var rows = mlContext.Data.LoadFromEnumerable(
            Enumerable.Range(0, 20)
                .Select(_ => new Digit { Features = [.. Enumerable.Range(0, 784).Select(_ => random.NextSingle())] })
                .ToArray());
        Assert.That(Zip.Read(File.ReadAllBytes(path)).Select(entry => entry.Path), Has.Some.EqualTo(@"TransformerChain\Model.key"));

        using var loaded = (MlpTransformer)mlContext.Model.LoadMlp(path, out _);
        using var stock = (TransformerChain<ITransformer>)mlContext.Model.Load(path, out _);

        Assert.That(loaded.Model.Architecture.ToString(), Is.EqualTo("784-3-10"));
        Assert.That(loaded.History, Has.Count.EqualTo(1));
        Assert.That(Predictions.Bits(loaded.Transform(rows)), Is.EqualTo(Predictions.Bits(stock.Transform(rows))));
    }

    [Test]
    public void LoadMlp_NetworkUnderBothNames_IsRefused()
    {
        var network = Zip.Read(_zip).Single(entry => entry.Path.EndsWith("/OnnxModel", StringComparison.Ordinal));

        Assert.That(
            () => Load(Zip.Write([.. Zip.Read(_zip), (network.Path.Replace('/', '\\'), network.Content)])),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "The stream is not a model that can be loaded: "
                + $"the entry '{network.Path}' occurs twice; in names '\\' counts as '/'."));
    }

    [TestCase("\\\\")]
    [TestCase("//")]
    [TestCase("\\..\\")]
    [TestCase("/./")]
    public void LoadMlp_SeparatorsThatAreNoFolder_AreRefused(string separator) => Assert.That(
        () => Load(Renamed(path => path.Replace("/", separator, StringComparison.Ordinal))),
        Throws.TypeOf<InvalidDataException>().With.Message.Match(
            "^The stream is not a model that can be loaded: the entry '.+' has no name or a folder without one, or leads out"));

    [TestCase("/")]
    [TestCase("\\")]
    [TestCase("C:\\")]
    [TestCase("..\\")]
    public void LoadMlp_PathsThatLeadOut_AreRefused(string folder) => Assert.That(
        () => Load(Renamed(path => folder + path)),
        Throws.TypeOf<InvalidDataException>().With.Message.Match("the entry '.+' has no name or a folder without one, or leads out"));

    [TestCase('/')]
    [TestCase('\\')]
    public void LoadMlp_ChecksumOfNothing_SaysWhereItIsFromAndWhatToDo(char separator)
    {
        var path = Zip.Read(_zip).Single(entry => entry.Path.EndsWith("/OnnxModel", StringComparison.Ordinal)).Path;
        var earlier = Zip.Change(_zip, path, content =>
        {
            var model = ModelProto.Parser.ParseFrom(content.AsSpan(sizeof(int)));
            model.MetadataProps.Single(entry => entry.Key == Checksum).Value =
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
            var bytes = model.ToByteArray();
            return [.. BitConverter.GetBytes(bytes.Length), .. bytes];
        });

        Assert.That(
            () => Load(Zip.WithSeparator(earlier, separator)),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "The stream is not a model that can be loaded: an earlier version of MnistML saved it on Windows, with a checksum of "
                + "nothing, so that the stages in 'TransformerChain/Transform_001/Transform_000/' can't be verified. If you trust the "
                + "file, mlContext.Model.Load loads it, for scoring. LoadMlp loads it once this version has trained and saved it anew."));
    }

    private void AssertLoads(byte[] zip)
    {
        Assert.That(zip.AsSpan().IndexOf((byte)'\\'), Is.Positive, "the archive has backslashes");
        using var loaded = (TransformerChain<ITransformer>)Load(zip);

        Assert.That(MlpTransformer.Find(loaded)?.Model.ComputeHash(), Is.EqualTo(_case.Model.ComputeHash()));
        Assert.That(Predictions.Bits(loaded.Transform(_case.Data)), Is.EqualTo(_expected));
    }

    private byte[] Renamed(Func<string, string> rename) =>
        Zip.Write(Zip.Read(_zip).Select(entry => (rename(entry.Path), entry.Content)));

    private static string LastSlashAsBackslash(string path) =>
        path.LastIndexOf('/') is var index and >= 0 ? $"{path[..index]}\\{path[(index + 1)..]}" : path;

    private static ITransformer Load(byte[] zip)
    {
        using var stream = new MemoryStream(zip);
        return new MLContext().Model.LoadMlp(stream, out _);
    }

    private sealed class Digit
    {
        [VectorType(784)]
        public float[] Features { get; set; } = [];
    }
}
