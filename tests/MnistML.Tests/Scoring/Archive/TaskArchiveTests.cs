using Google.Protobuf;
using Microsoft.ML;
using MnistML.Onnx;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Archive;

/// <summary>Saved models of one output whose parts are exchanged or altered.</summary>
[TestFixture(MlpTask.Binary)]
[TestFixture(MlpTask.Regression)]
internal sealed class TaskArchiveTests(MlpTask task)
{
    private const string NetworkEntry = "TransformerChain/Transform_000/OnnxModel";

    private readonly MLContext _mlContext = new(seed: 1);
    private byte[] _zip = [];

    [OneTimeSetUp]
    public void Save() => _zip = Save(task);

    [Test]
    public void LoadMlp_OfAModelInAChain_FindsIt()
    {
        var data = TaskCase.Data(_mlContext, rows: 20);
        var copy = _mlContext.Transforms.CopyColumns("Copy", "Weight");
        using var model = copy.Append(TaskCase.Trainer(_mlContext, new TaskCase(task).Small)).Append(copy).Fit(data);
        using var loaded = (IDisposable)SavedModel.SaveAndLoadMlp(_mlContext, (ITransformer)model, data.Schema);

        var found = MlpTransformer.Find((ITransformer)loaded)!;

        Assert.That(found.Task, Is.EqualTo(task));
        Assert.That(found.History, Is.EqualTo(MlpTransformer.Find(model)!.History));
    }

    [Test]
    public void LoadMlp_OfANetworkOfAnotherTask_IsRefused()
    {
        var other = task == MlpTask.Binary ? "Regression" : "Binary";
        var altered = Zip.Change(_zip, NetworkEntry, entry => Change(entry, OnnxMlpWriter.TaskProperty, other));

        Assert.That(
            () => Load(altered),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                $"The stream is not a model that can be loaded: its stages do not match its network for {other}."));
    }

    [Test]
    public void LoadMlp_OfTheStagesOfAnotherTask_IsRefused()
    {
        var others = Zip.Read(Save(MlpTask.Multiclass)).ToDictionary(entry => entry.Path, entry => entry.Content);
        var mixed = Zip.Change(_zip, NetworkEntry, _ => others[NetworkEntry]);

        Assert.That(
            () => Load(mixed),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("are not those that were saved with its network"));
    }

    private static byte[] Change(byte[] entry, string property, string value)
    {
        var model = ModelProto.Parser.ParseFrom(entry[sizeof(int)..]);
        model.MetadataProps.Single(item => item.Key == property).Value = value;
        var bytes = model.ToByteArray();
        return [.. BitConverter.GetBytes(bytes.Length), .. bytes];
    }

    private byte[] Save(MlpTask ofTask)
    {
        var data = TaskCase.Data(_mlContext, rows: 20);
        using var model = TaskCase.Trainer(_mlContext, new TaskCase(ofTask).Small).Fit(data);
        using var stream = new MemoryStream();
        _mlContext.Model.Save(model, data.Schema, stream);
        return stream.ToArray();
    }

    private ITransformer Load(byte[] zip)
    {
        using var stream = new MemoryStream(zip);
        return _mlContext.Model.LoadMlp(stream, out _);
    }
}
