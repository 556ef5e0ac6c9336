using MnistML.Model;
using MnistML.Native;
using MnistML.Tests.Support;
using MnistML.Training.Checkpoints;
using MnistML.Training.Loop;
using MnistML.Training.Rows;

namespace MnistML.Tests.Training.Checkpoints;

internal sealed class TrainingCheckpointTests
{
    private TemporaryFolder _folder = null!;
    private string _path = "";

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _path = _folder.PathOf("deeper/training.checkpoint");
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    private static IEnumerable<TestCaseData> Trainings()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [8, 4], BatchSize = 4, MaxEpochs = 6 };
        return
        [
            new TestCaseData(options).SetArgDisplayNames("AdamW with one cycle"),
            new TestCaseData(options with { Optimizer = MlpOptimizer.Sgd(0.1, 0.9), Schedule = MlpSchedule.Constant }).SetArgDisplayNames("Momentum"),
            new TestCaseData(options with { Optimizer = MlpOptimizer.Sgd(0.1) }).SetArgDisplayNames("Plain SGD"),
            new TestCaseData(options with { Schedule = MlpSchedule.ReduceOnPlateau(patience: 0, minimumImprovement: 0.5) }).SetArgDisplayNames("Plateau"),
            new TestCaseData(options with { DropoutRate = 0.3, InputNoise = 0.2, BatchNormalization = true, LabelSmoothing = 0.1, ClassWeights = MlpClassWeights.Balanced, GradientClipNorm = 0.5 })
                .SetArgDisplayNames("Dropout and batch normalisation"),
            new TestCaseData(options with { ValidationFraction = 0.3, EarlyStopping = new MlpEarlyStopping(2), Optimizer = MlpOptimizer.AdamW(0.3), Schedule = MlpSchedule.Constant })
                .SetArgDisplayNames("Early stopping"),
        ];
    }

    [TestCaseSource(nameof(Trainings))]
    public void Run_OfATrainingThatWasStopped_EndsWithTheSameBits(MlpTrainer.Options options)
    {
        var through = Train(options);
        for (var epochs = 0; epochs <= through.History.Count; epochs++)
        {
            DeleteFolder();
            MakeFolder();
            Stop(options with { CheckpointPath = _path }, afterEpochs: epochs);

            var resumed = Train(options with { CheckpointPath = _path });

            Assert.That(Bits(resumed), Is.EqualTo(Bits(through)), $"stopped after {epochs} epochs");
            Assert.That(resumed.History.Select(Essence), Is.EqualTo(through.History.Select(Essence)));
        }

        static (int Epoch, double TrainLoss, double? ValidationLoss, double LearningRate) Essence(MlpEpochMetrics epoch) =>
            (epoch.Epoch, epoch.TrainLoss, epoch.ValidationLoss, epoch.LearningRate);
    }

    [Test]
    public void Run_OfATrainingThatHadEnded_TrainsNothing()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 3, CheckpointPath = _path };
        var first = Train(options);
        var written = File.GetLastWriteTimeUtc(_path);
        var reports = 0;

        var second = Train(options with { Progress = new Listener(_ => reports++) });

        Assert.That(Bits(second), Is.EqualTo(Bits(first)));
        Assert.That(second.History, Is.EqualTo(first.History));
        Assert.That((reports, File.GetLastWriteTimeUtc(_path)), Is.EqualTo((0, written)));
    }

    [Test]
    public void Run_WithMoreEpochs_GoesOnWhereTheScheduleAllowsIt()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 5, Schedule = MlpSchedule.Constant };
        Train(options with { MaxEpochs = 2, CheckpointPath = _path });

        Assert.That(Bits(Train(options with { CheckpointPath = _path })), Is.EqualTo(Bits(Train(options))));
    }

    [Test]
    public void Run_OfAnotherTraining_ListsWhatDiffers()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 2, CheckpointPath = _path };
        Train(options);
        var before = File.ReadAllBytes(_path);

        var error = Assert.Throws<InvalidOperationException>(() => Train(options with { MaxEpochs = 3, BatchSize = 7, DropoutRate = 0.5, HiddenLayers = [5], Precision = MlpPrecision.BFloat16 }, seed: 2));

        Assert.That(error!.Message.Split(Environment.NewLine), Is.EqualTo(
        [
            $"The checkpoint '{_path}' is of another training, and can't be gone on with:",
            "- Network is 2-5-3 Relu, and in the checkpoint 2-4-3 Relu.",
            "- Seed is 2, and in the checkpoint 1.",
            "- DropoutRate is 0.5, and in the checkpoint 0.",
            "- Precision is BFloat16, and in the checkpoint Single.",
            "- BatchSize is 7, and in the checkpoint 256.",
            "- MaxEpochs is 3, and in the checkpoint 2.",
            "Choose another CheckpointPath or delete the file. To train a finished model further, pass it to Fit as the initial model.",
        ]));
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(before));
    }

    [Test]
    public void Run_OnOtherData_SaysThatItDiffers()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 2, CheckpointPath = _path };
        Train(options);

        Assert.That(() => Train(options, rows: 29), Throws.InvalidOperationException.With.Message.Contains("- Data is 29 rows, checksum ").And.Message.Contains("in the checkpoint 30 rows"));
    }

    private static IEnumerable<MlpTrainer.Options> OtherOptions()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 2 };
        return
        [
            options with { Activation = MlpActivation.Tanh }, options with { BatchNormalization = false }, options with { Initializer = MlpInitializer.Normal(0.1) },
            options with { FeatureScaling = MlpFeatureScaling.None }, options with { Optimizer = MlpOptimizer.AdamW(0.002, epsilon: 1e-7) },
            options with { Schedule = MlpSchedule.OneCycle(riseShare: 0.2) }, options with { LabelSmoothing = 0.1 }, options with { ClassWeights = MlpClassWeights.Balanced },
            options with { GradientClipNorm = 2 }, options with { ValidationFraction = 0.2 }, options with { Optimizer = MlpOptimizer.Adam(0.002, weightDecay: 0.01) },
        ];
    }

    [TestCaseSource(nameof(OtherOptions))]
    public void Run_WithAnyOtherOption_IsRefused(MlpTrainer.Options options)
    {
        Train(new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 2, CheckpointPath = _path });

        Assert.That(() => Train(options with { CheckpointPath = _path }), Throws.InvalidOperationException.With.Message.Contains("is of another training"));
    }

    [Test]
    public void TryRead_OfNoFile_IsNull() => Assert.That(TrainingCheckpoint.TryRead(_path), Is.Null);

    [Test]
    public void TryRead_OfAnotherFile_SaysThatItIsNone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        File.WriteAllText(_path, "my thesis");
        Assert.That(() => TrainingCheckpoint.TryRead(_path), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"'{_path}' is not a whole safetensors file:"));

        new SafetensorsFile { Metadata = new Dictionary<string, string>(), Tensors = new Dictionary<string, SafetensorsTensor>() }.Write(_path);
        Assert.That(() => TrainingCheckpoint.TryRead(_path), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"'{_path}' is not a checkpoint that can be gone on with: its format is '', but 'MnistML training checkpoint 1' was expected. Delete it, or choose another CheckpointPath."));
    }

    [Test]
    public void TryRead_OfEachCutCheckpoint_SaysThatItIsNotWhole()
    {
        Train(new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 1, CheckpointPath = _path });
        var bytes = File.ReadAllBytes(_path);
        for (var length = 0; length < bytes.Length; length += 7)
        {
            File.WriteAllBytes(_path, bytes[..length]);
            Assert.That(() => TrainingCheckpoint.TryRead(_path), Throws.TypeOf<InvalidDataException>());
        }
    }

    [Test]
    public void Run_WithATensorMissing_SaysWhich()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 2, CheckpointPath = _path };
        Train(options);
        var file = SafetensorsFile.Read(_path);
        (file with { Tensors = file.Tensors.Where(tensor => tensor.Key != "network.layers.1.bias").ToDictionary() }).Write(_path);

        Assert.That(() => Train(options), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("The values of 'layers.1.bias' are missing, but 3 were expected."));
    }

    [Test]
    public void Run_WithAPathThatCannotBeWritten_FailsBeforeTheTraining()
    {
        File.WriteAllText(_folder.PathOf("file"), "");
        var reports = 0;
        var options = new MlpTrainer.Options { CheckpointPath = _folder.PathOf("file/checkpoint"), Progress = new Listener(_ => reports++) };

        Assert.That(() => Train(options), Throws.InstanceOf<IOException>());
        Assert.That(reports, Is.Zero);
    }

    /// <summary>Trains until so many epochs have ended, and throws the rest away.</summary>
    private static void Stop(MlpTrainer.Options options, int afterEpochs)
    {
        using var cancellation = new CancellationTokenSource();
        if (afterEpochs == 0)
        {
            Assert.That(() => Train(options with { CancellationToken = cancellation.Token }, cancelWhenRead: cancellation), Throws.InstanceOf<OperationCanceledException>());
            return;
        }

        var listener = new Listener(progress =>
        {
            if (progress.Metrics?.Epoch == afterEpochs)
            {
                cancellation.Cancel();
            }
        });
        try
        {
            Train(options with { CancellationToken = cancellation.Token, Progress = listener });
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static TrainingResult Train(MlpTrainingOptions options, int seed = 1, int rows = 30, CancellationTokenSource? cancelWhenRead = null)
    {
        var random = new Random(3);
        var source = new ArrayRows(3, [.. Enumerable.Range(0, rows).Select(row => ((float[])[(row % 3) + random.NextSingle(), random.NextSingle()], row % 3))]);
        var checkpoint = options.CheckpointPath is { } path ? TrainingCheckpoint.TryRead(path) : null;
        var data = TrainingData.Read(source, validationSource: null, options, seed);
        cancelWhenRead?.Cancel();
        return new TrainingLoop(data, options, seed, initialModel: null, checkpoint).Run();
    }

    private static int[] Bits(TrainingResult result) =>
        [.. result.Model.Layers.SelectMany(layer => layer.Weights.ToArray().Concat(layer.Biases.ToArray())).Select(BitConverter.SingleToInt32Bits)];
}
