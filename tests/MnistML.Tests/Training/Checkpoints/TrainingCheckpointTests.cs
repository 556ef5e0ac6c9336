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
            new TestCaseData(options with { Optimizer = MlpOptimizer.Sgd(0.1, 0.9), Schedule = MlpSchedule.Constant })
                .SetArgDisplayNames("Momentum"),
            new TestCaseData(options with { Optimizer = MlpOptimizer.Sgd(0.1) }).SetArgDisplayNames("Plain SGD"),
            new TestCaseData(options with { Schedule = MlpSchedule.ReduceOnPlateau(patience: 0, minimumImprovement: 0.5) })
                .SetArgDisplayNames("Plateau"),
            new TestCaseData(options with
            {
                DropoutRate = 0.3,
                InputNoise = 0.2,
                BatchNormalization = true,
                LabelSmoothing = 0.1,
                ClassWeights = MlpClassWeights.Balanced,
                GradientClipNorm = 0.5,
            }).SetArgDisplayNames("Dropout and batch normalisation"),
            new TestCaseData(options with
            {
                ValidationFraction = 0.3,
                EarlyStopping = new MlpEarlyStopping(2),
                Optimizer = MlpOptimizer.AdamW(0.3),
                Schedule = MlpSchedule.Constant,
            }).SetArgDisplayNames("Early stopping"),
        ];
    }

    [TestCaseSource(nameof(Trainings))]
    public void Run_OfAStoppedTraining_EndsWithTheSameBits(MlpTrainer.Options options)
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
    public void Run_OfAFinishedTraining_TrainsNothing()
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
    public void Run_WithMoreEpochs_ResumesWhereTheScheduleAllowsIt()
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

        var other = options with { MaxEpochs = 3, BatchSize = 7, DropoutRate = 0.5, HiddenLayers = [5], Precision = MlpPrecision.BFloat16 };
        var error = Assert.Throws<InvalidOperationException>(() => Train(other, seed: 2));

        Assert.That(error!.Message.Split(Environment.NewLine), Is.EqualTo(
        [
            $"The checkpoint '{_path}' belongs to a different training run and cannot be resumed:",
            "- BatchSize is 7, but in the checkpoint it is 64.",
            "- DropoutRate is 0.5, but in the checkpoint it is 0.",
            "- HiddenLayers is [5], but in the checkpoint it is [4].",
            "- MaxEpochs is 3, but in the checkpoint it is 2.",
            "- Network is 2-5-3 Relu, but in the checkpoint it is 2-4-3 Relu.",
            "- Precision is BFloat16, but in the checkpoint it is Single.",
            "- Seed is 2, but in the checkpoint it is 1.",
            "Choose another CheckpointPath or delete the file. To train a finished model further, pass it to Fit as the initial model.",
        ]));
        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(before));
    }

    [Test]
    public void Run_OnOtherData_SaysThatItDiffers()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 2, CheckpointPath = _path };
        Train(options);

        Assert.That(
            () => Train(options, rows: 29),
            Throws.InvalidOperationException.With.Message.Contains("- Data is 29 rows, checksum ")
                .And.Message.Contains("but in the checkpoint it is 30 rows"));
    }

    [Test]
    public void Run_WithAnotherThreadCount_IsRefusedByName()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 2, ThreadCount = 1, CheckpointPath = _path };
        Train(options);

        Assert.That(
            () => Train(options with { ThreadCount = 2 }),
            Throws.InvalidOperationException.With.Message.Contains("- ThreadCount is 2, but in the checkpoint it is 1."));
    }

    [Test]
    public void Run_OfACheckpointOfAnotherDevice_IsRefusedByName()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 2, CheckpointPath = _path };
        Train(options);
        var checkpoint = TrainingCheckpoint.TryRead(_path)!;
        (checkpoint with { Fingerprint = new Dictionary<string, string>(checkpoint.Fingerprint) { ["Device"] = "cuda:0" } }).Write(_path);

        Assert.That(
            () => Train(options),
            Throws.InvalidOperationException.With.Message.Contains("- Device is cpu, but in the checkpoint it is cuda:0."));
    }

    [Test]
    public void Run_OfStreamedRowsWithAnotherMaxCacheBytes_IsRefusedByName()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [2], MaxEpochs = 1, BatchSize = 1_024, CheckpointPath = _path };
        TrainWide(options);
        Assert.That(() => TrainWide(options with { MaxCacheBytes = 1L << 30 }), Throws.Nothing, "rows are held either way");

        Assert.That(
            () => TrainWide(options with { MaxCacheBytes = 1 << 20 }),
            Throws.InvalidOperationException.With.Message.Contains("- MaxCacheBytes is 1048576, but in the checkpoint it is none."));
        File.Delete(_path);
        TrainWide(options with { MaxCacheBytes = 1 << 20 });
        Assert.That(
            () => TrainWide(options with { MaxCacheBytes = 1 << 21 }),
            Throws.InvalidOperationException.With.Message.Contains("- MaxCacheBytes is 2097152, but in the checkpoint it is 1048576."));

        // 4,096 rows of 200 values, which take 3 MiB.
        static TrainingResult TrainWide(MlpTrainingOptions options)
        {
            var random = new Random(5);
            var source = new ArrayRows(
                2, [.. Enumerable.Range(0, 4_096)
                    .Select(row => (Enumerable.Range(0, 200).Select(_ => random.NextSingle()).ToArray(), row % 2))]);
            var checkpoint = TrainingCheckpoint.TryRead(options.CheckpointPath!);
            var data = TrainingData.Read(source, validationSource: null, options, seed: 1);
            return new TrainingLoop(data, options, seed: 1, initialModel: null, checkpoint).Run();
        }
    }

    private static IEnumerable<MlpTrainer.Options> ChangedOptions()
    {
        var options = new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 2 };
        return
        [
            options with { Activation = MlpActivation.Tanh },
            options with { BatchNormalization = false },
            options with { Initializer = MlpInitializer.Normal(0.1) },
            options with { FeatureScaling = MlpFeatureScaling.None },
            options with { Optimizer = MlpOptimizer.AdamW(0.003, epsilon: 1e-7) },
            options with { Schedule = MlpSchedule.OneCycle(riseShare: 0.2) },
            options with { LabelSmoothing = 0.1 },
            options with { ClassWeights = MlpClassWeights.Balanced },
            options with { GradientClipNorm = 2 },
            options with { ValidationFraction = 0.2 },
            options with { Optimizer = MlpOptimizer.Adam(0.003, weightDecay: 0.01) },
        ];
    }

    [TestCaseSource(nameof(ChangedOptions))]
    public void Run_WithAChangedOption_IsRefused(MlpTrainer.Options options)
    {
        Train(new MlpTrainer.Options { HiddenLayers = [4], MaxEpochs = 2, CheckpointPath = _path });

        Assert.That(
            () => Train(options with { CheckpointPath = _path }),
            Throws.InvalidOperationException.With.Message.Contains("belongs to a different training run and cannot be resumed:"));
    }

    [Test]
    public void TryRead_OfNoFile_IsNull() => Assert.That(TrainingCheckpoint.TryRead(_path), Is.Null);

    [Test]
    public void TryRead_OfAnotherFile_SaysThatItIsNoCheckpoint()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        File.WriteAllText(_path, "my thesis");
        Assert.That(
            () => TrainingCheckpoint.TryRead(_path),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"'{_path}' is not a whole safetensors file:"));

        WriteFormat(null);
        Assert.That(() => TrainingCheckpoint.TryRead(_path), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"'{_path}' is not a checkpoint that can be resumed: its format is '', but 'MnistML training checkpoint 2' was expected. "
            + "Delete it, or choose another CheckpointPath."));
    }

    [Test]
    public void TryRead_OfFormat1_SaysWhyItCannotBeResumed()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        WriteFormat("MnistML training checkpoint 1");

        Assert.That(() => TrainingCheckpoint.TryRead(_path), Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
            $"'{_path}' is not a checkpoint that can be resumed: a version of MnistML before 0.2 wrote it, "
            + "which drew other random numbers, so the training would not end as it began. "
            + "Delete it, or choose another CheckpointPath."));
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

        Assert.That(
            () => Train(options),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo("The values of 'layers.1.bias' are missing, but 3 were expected."));
    }

    [Test]
    public void Run_WithAPathThatCannotBeWritten_FailsBeforeTheTraining()
    {
        File.WriteAllText(_folder.PathOf("file"), "");
        var reports = 0;
        var options = new MlpTrainer.Options
        {
            CheckpointPath = _folder.PathOf("file/checkpoint"),
            Progress = new Listener(_ => reports++),
        };

        Assert.That(() => Train(options), Throws.InstanceOf<IOException>());
        Assert.That(reports, Is.Zero);
    }

    private void WriteFormat(string? format) => new SafetensorsFile
    {
        Metadata = format is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["format"] = format },
        Tensors = new Dictionary<string, SafetensorsTensor>(),
    }.Write(_path);

    /// <summary>Trains until a number of epochs have ended, and cancels the training there.</summary>
    private static void Stop(MlpTrainer.Options options, int afterEpochs)
    {
        using var cancellation = new CancellationTokenSource();
        if (afterEpochs == 0)
        {
            Assert.That(
                () => Train(options with { CancellationToken = cancellation.Token }, cancelWhenRead: cancellation),
                Throws.InstanceOf<OperationCanceledException>());
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

    private static TrainingResult Train(
        MlpTrainingOptions options, int seed = 1, int rows = 30, CancellationTokenSource? cancelWhenRead = null)
    {
        var random = new Random(3);
        var source = new ArrayRows(
            3, [.. Enumerable.Range(0, rows).Select(row => ((float[])[(row % 3) + random.NextSingle(), random.NextSingle()], row % 3))]);
        var checkpoint = options.CheckpointPath is { } path ? TrainingCheckpoint.TryRead(path) : null;
        var data = TrainingData.Read(source, validationSource: null, options, seed);
        cancelWhenRead?.Cancel();
        return new TrainingLoop(data, options, seed, initialModel: null, checkpoint).Run();
    }

    private static int[] Bits(TrainingResult result) =>
        [.. result.Model.Layers
            .SelectMany(layer => layer.Weights.ToArray().Concat(layer.Biases.ToArray()))
            .Select(BitConverter.SingleToInt32Bits)];
}
