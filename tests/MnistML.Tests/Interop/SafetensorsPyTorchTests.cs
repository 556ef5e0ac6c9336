using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Interop;

/// <summary>Weights to PyTorch and back, by a format that Python reads and writes by hand here.</summary>
[NeedsPython("numpy", "torch")]
internal sealed class SafetensorsPyTorchTests
{
    private const int FeatureCount = 784;
    private const int ClassCount = 10;

    /// <summary>The layers of the original script.</summary>
    private const string Network = """
        import json, struct, sys
        import numpy, torch
        from torch import nn

        def layers():
            return [nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)]

        def scores(net, path):
            with torch.no_grad():
                logits = net(torch.tensor(json.load(open(path)), dtype=torch.float32))
                return json.dumps(dict(Logits=logits.tolist(), Scores=torch.softmax(logits, 1).tolist()))

        """;

    private const string Reader = Network + """
        data = open(sys.argv[1], 'rb').read()
        length, = struct.unpack('<Q', data[:8])
        header = json.loads(data[8:8 + length])
        assert header.pop('__metadata__')['format'] == 'pt'
        state = {}
        for name, tensor in header.items():
            assert tensor['dtype'] == 'F32'
            start, end = [8 + length + offset for offset in tensor['data_offsets']]
            state[name] = torch.from_numpy(numpy.frombuffer(data[start:end], dtype='<f4').reshape(tensor['shape']).copy())
        net = nn.Sequential(nn.Flatten(), *layers())
        net.load_state_dict(state, strict=True)
        print(scores(net, sys.argv[2]))
        """;

    private const string Writer = Network + """
        class Holder(nn.Module):
            def __init__(self):
                super().__init__()
                self.net = nn.Sequential(*layers())
            def forward(self, x):
                return self.net(x)

        torch.manual_seed(5)
        kinds = dict(
            flatten=lambda: nn.Sequential(nn.Flatten(), *layers()),
            plain=lambda: nn.Sequential(*layers()),
            holder=Holder)
        net = kinds[sys.argv[3]]()
        header, blocks, offset = {}, [], 0
        for name, tensor in net.state_dict().items():
            values = tensor.numpy().astype('<f4').tobytes()
            header[name] = dict(dtype='F32', shape=list(tensor.shape), data_offsets=[offset, offset + len(values)])
            blocks.append(values)
            offset += len(values)
        text = json.dumps(header).encode()
        open(sys.argv[1], 'wb').write(struct.pack('<Q', len(text)) + text + b''.join(blocks))
        print(scores(net, sys.argv[2]))
        """;

    private readonly MLContext _mlContext = new(seed: 1);
    private TemporaryFolder _folder = null!;
    private Digit[] _rows = [];
    private IDataView _data = null!;

    [SetUp]
    public void MakeRows()
    {
        _folder = new TemporaryFolder();
        var random = new Random(1);
        _rows = [.. Enumerable.Range(0, 9).Select(i => new Digit { Features = [.. Features()], Label = (uint)i })];

        IEnumerable<float> Features() => Enumerable.Range(0, FeatureCount).Select(_ => random.NextSingle());
        _data = _mlContext.Data.LoadFromEnumerable(_rows);
        File.WriteAllText(_folder.PathOf("rows.json"), JsonSerializer.Serialize(_rows.Select(row => row.Features)));
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Save_LoadedByPyTorch_GivesTheSameScores()
    {
        var model = Spread(Networks.Random(new MlpArchitecture(FeatureCount, [512, 256], ClassCount), seed: 2));
        model.Save(_folder.PathOf("model.safetensors"));

        var theirs = Run(Reader);

        AssertSameScores(model, theirs);
    }

    [TestCase("flatten")]
    [TestCase("plain")]
    [TestCase("holder")]
    public void Load_SavedByPyTorch_GivesTheSameScores(string form)
    {
        var theirs = Run(Writer, form);

        var model = MlpModelParameters.Load(_folder.PathOf("model.safetensors"));

        Assert.That(model.Architecture, Is.EqualTo(new MlpArchitecture(FeatureCount, [512, 256], ClassCount)));
        AssertSameScores(model, theirs);
    }

    [Test]
    public void Fit_FromPyTorchsWeights_BeginsWithThem()
    {
        Run(Writer, "flatten");
        var model = MlpModelParameters.Load(_folder.PathOf("model.safetensors"));
        var options = new MlpTrainer.Options
        {
            HiddenLayers = [512, 256],
            BatchNormalization = false,
            MaxEpochs = 1,
            Optimizer = MlpOptimizer.Sgd(1e-9),
            Schedule = MlpSchedule.Constant,
        };

        using var transformer = new MlpTrainer(_mlContext, options).Fit(_data, validationData: null, model);

        foreach (var (fitted, loaded) in transformer.Model.Layers.Zip(model.Layers))
        {
            Assert.That(fitted.Weights.ToArray(), Is.EqualTo(loaded.Weights.ToArray()).Within(1e-7));
            Assert.That(fitted.Biases.ToArray(), Is.EqualTo(loaded.Biases.ToArray()).Within(1e-7));
        }
    }

    private TorchScores Run(string script, params string[] arguments) =>
        JsonSerializer.Deserialize<TorchScores>(
            Python.Run(script, [_folder.PathOf("model.safetensors"), _folder.PathOf("rows.json"), .. arguments]))!;

    private void AssertSameScores(MlpModelParameters model, TorchScores theirs)
    {
        using var transformer = ScoringCase.CreateTransformer(_mlContext, model, _data.Schema);

        Assert.That(Predictions.Scores(transformer.Transform(_data)), Is.EqualTo(theirs.Scores).Within(1e-5));
        Assert.That(_rows.Select(row => PlainNetwork.Logits(model, row.Features)), Is.EqualTo(theirs.Logits).Within(1e-5));
    }

    /// <summary>Weights that are smaller the more there are, so that scores are not all 0 and 1.</summary>
    private static MlpModelParameters Spread(MlpModelParameters model) => new(
        model.Architecture,
        [
            .. model.Layers.Select(layer => new MlpLayerParameters(
                layer.Shape,
                [.. layer.Weights.ToArray().Select(weight => weight / MathF.Sqrt(layer.Shape.InputSize))],
                layer.Biases.ToArray())),
        ]);

    private sealed class Digit
    {
        [VectorType(FeatureCount)]
        public float[] Features { get; set; } = [];

        [KeyType(ClassCount)]
        public uint Label { get; set; }
    }

    private sealed record TorchScores(double[][] Logits, float[][] Scores);
}
