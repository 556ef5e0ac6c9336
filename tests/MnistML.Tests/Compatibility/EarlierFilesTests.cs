using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MnistML.Native;
using MnistML.Tests.Support;
using MnistML.Training.Checkpoints;

namespace MnistML.Tests.Compatibility;

/// <summary>
/// Files that earlier versions wrote, kept beside this test: they load and score as they did, or say why not. Those of 0.3 are of an
/// ensemble on bins and scores.
/// </summary>
[TestFixture("0.1", "2-5-4-3 Gelu", 6)]
[TestFixture("0.2", "2-5-4-3 Gelu", 6)]
[TestFixture("0.3", "2(8)-5-4-3 x 3 Gelu", 15)]
internal sealed class EarlierFilesTests(string version, string network, int epochs)
{
    /// <summary>Another processor may round otherwise.</summary>
    private const double Tolerance = 1e-6;

    /// <summary>So it may in a training that goes on.</summary>
    private const double TrainingTolerance = 1e-4;

    private static readonly string[] Kinds = ["small", "long", "wide"];

    private readonly MLContext _mlContext = new(seed: 1);

    [Test]
    public void LoadMlp_OfAnEarlierModel_ScoresAsThen()
    {
        using var model = (TransformerChain<ITransformer>)_mlContext.Model.LoadMlp(PathOf("model.zip"), out var schema);
        var transformer = MlpTransformer.Find(model)!;

        Assert.That(schema.Select(column => column.Name), Is.EqualTo(new[] { "Length", "Width", "Kind" }));
        Assert.That($"{transformer.Model.Architecture} {transformer.Model.Architecture.Activation}", Is.EqualTo(network));
        Assert.That(transformer.ClassNames, Is.EqualTo(new[] { "small", "long", "wide" }));
        Assert.That(transformer.Task, Is.EqualTo(MlpTask.Multiclass));
        Assert.That(transformer.History, Has.Count.EqualTo(epochs));
        AssertScores(model);
    }

    [Test]
    public void Load_OfAnEarlierModel_ScoresAsThen()
    {
        var model = _mlContext.Model.Load(PathOf("model.zip"), out _);
        using var owner = model as IDisposable;

        AssertScores(model);
    }

    [Test]
    public void Load_OfEarlierWeights_GivesTheNetworkOfTheModel()
    {
        using var model = (TransformerChain<ITransformer>)_mlContext.Model.LoadMlp(PathOf("model.zip"), out _);
        var weights = MlpModelParameters.Load(PathOf("weights.safetensors"));

        Assert.That(weights.Architecture, Is.EqualTo(MlpTransformer.Find(model)!.Model.Architecture));
        Assert.That(weights.ComputeHash(), Is.EqualTo(MlpTransformer.Find(model)!.Model.ComputeHash()));
    }

    [Test]
    public void Fit_FromEarlierWeights_GoesOnFromThem()
    {
        LibTorch.EnsureLoaded();
        var weights = MlpModelParameters.Load(PathOf("weights.safetensors"));
        var data = Prepare.Fit(Flowers).Transform(Flowers);
        var options = new MlpTrainer.Options
        {
            Activation = MlpActivation.Gelu,
            MaxEpochs = 1,
            Optimizer = MlpOptimizer.Sgd(1e-12),
            BatchNormalization = false,
            Seed = 1,
        };

        using var trained = new MlpTrainer(_mlContext, options).Fit(data, validationData: null, weights);

        AssertSameWeights(trained.Model, weights, tolerance: 1e-5);
    }

    [Test]
    public void Fit_FromAnEarlierCheckpoint_ResumesItOrSaysWhyNot()
    {
        // A copy, since a training writes its checkpoint.
        using var folder = new TemporaryFolder();
        var path = folder.Write("checkpoint.safetensors", File.ReadAllBytes(PathOf("checkpoint.safetensors")));
        if (version == "0.1")
        {
            Assert.That(
                () => TrainingCheckpoint.TryRead(path),
                Throws.InstanceOf<InvalidDataException>().With.Message.Contains("before 0.2").And.Message.Contains("other random numbers"));
            return;
        }

        LibTorch.EnsureLoaded();
        var options = new MlpTrainer.Options
        {
            HiddenLayers = [5, 4],
            Activation = MlpActivation.Gelu,
            MaxEpochs = 6,
            BatchSize = 8,
            Seed = 1,
            ThreadCount = 1,
            Precision = MlpPrecision.Single,
            CheckpointPath = path,
        };
        if (version == "0.3")
        {
            options = options with
            {
                MaxEpochs = null,
                Schedule = MlpSchedule.DoublingCycles(firstEpochs: 2, cycles: 2),
                Members = 3,
                OutOfFold = true,
                FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(4),
                FeatureScaling = MlpFeatureScaling.Quantile,
                LearnedFeatureFactors = true,
                CalibrateTemperature = true,
            };
        }

        var data = Prepare.Fit(Flowers).Transform(Flowers);

        using var resumed = new MlpTrainer(_mlContext, options).Fit(data);

        Assert.That(resumed.History, Has.Count.EqualTo(epochs));
        AssertSameWeights(resumed.Model, MlpModelParameters.Load(PathOf("weights.safetensors")), TrainingTolerance);
    }

    [Test]
    public void InferenceSession_OfAnEarlierOnnxFile_GivesTheScores()
    {
        using var session = new InferenceSession(PathOf("network.onnx"));
        foreach (var (features, scores) in Rows)
        {
            using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("Features", new DenseTensor<float>(features, [1, 2]))]);

            Assert.That(
                outputs.Single(output => output.Name == "Score").AsTensor<float>().ToArray(), Is.EqualTo(scores).Within(Tolerance));
        }
    }

    private string PathOf(string name) => Repository.PathOf($"tests/MnistML.Tests/Compatibility/Files-{version}/{name}");

    private IEstimator<ITransformer> Prepare =>
        _mlContext.Transforms.Concatenate("Features", nameof(Flower.Length), nameof(Flower.Width))
            .Append(_mlContext.Transforms.Conversion.MapValueToKey("Label", nameof(Flower.Kind)));

    private IDataView Flowers => _mlContext.Data.LoadFromEnumerable(
        Rows.Select((row, i) => new Flower { Length = row.Features[0], Width = row.Features[1], Kind = Kinds[i % Kinds.Length] }));

    private (float[] Features, float[] Scores)[] Rows =>
    [
        .. File.ReadAllLines(PathOf("scores.csv"))
            .Select(line => Array.ConvertAll(line.Split(','), text => float.Parse(text, CultureInfo.InvariantCulture)))
            .Select(values => (values[..2], values[2..])),
    ];

    private static void AssertSameWeights(MlpModelParameters model, MlpModelParameters expected, double tolerance)
    {
        Assert.That(model.Architecture, Is.EqualTo(expected.Architecture));
        for (var member = 0; member < expected.Members.Count; member++)
        {
            foreach (var (layer, other) in model.Members[member].Layers.Zip(expected.Members[member].Layers))
            {
                Assert.That(layer.Weights.ToArray(), Is.EqualTo(other.Weights.ToArray()).Within(tolerance), $"member {member}");
                Assert.That(layer.Biases.ToArray(), Is.EqualTo(other.Biases.ToArray()).Within(tolerance), $"member {member}");
            }
        }
    }

    private void AssertScores(ITransformer model)
    {
        var scores = model.Transform(Flowers).GetColumn<float[]>("Score").ToArray();
        for (var row = 0; row < Rows.Length; row++)
        {
            Assert.That(scores[row], Is.EqualTo(Rows[row].Scores).Within(Tolerance), $"row {row}");
        }
    }

    private sealed class Flower
    {
        public float Length { get; set; }

        public float Width { get; set; }

        public string Kind { get; set; } = "";
    }
}
