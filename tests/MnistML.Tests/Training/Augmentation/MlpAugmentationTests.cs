using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Common;
using MnistML.Native;
using MnistML.Tests.Support;
using MnistML.Training.Augmentation;
using MnistML.Training.Checkpoints;
using MnistML.Training.Loop;
using MnistML.Training.Rows;

namespace MnistML.Tests.Training.Augmentation;

internal sealed class MlpAugmentationTests
{
    private const int Classes = 4;
    private const int Height = 10;
    private const int Width = 14;

    private static readonly MlpTrainer.Options Options = new()
    {
        HiddenLayers = [208, 64],
        Optimizer = MlpOptimizer.AdamW(0.002, epsilon: 1e-3),
        Precision = MlpPrecision.Single,
        Augmentation = new MlpAugmentation(Height, Width),
        ValidationFraction = 0.2,
        BatchSize = 96,
        MaxEpochs = 3,
        ThreadCount = 3,
    };

    private static readonly (float[] Features, int Label)[] Images = Draw(500);

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Draw_OfManyDistortions_FillsItsBoundsEvenly()
    {
        const int Count = 20_000;
        var bounds = new MlpAugmentation(20, 50) { Shift = 0.1, RotationDegrees = 30, Scale = 0.2, ShearDegrees = 15 };
        Distortion[] drawn = [.. Enumerable.Range(0, Count).Select(row => Distortion.Draw(bounds, Seeds.ForAugmentation(1, row)))];

        AssertEven(drawn.Select(one => one.ShiftX), 0, 5);
        AssertEven(drawn.Select(one => one.ShiftY), 0, 2);
        AssertEven(drawn.Select(one => one.Rotation * 180 / Math.PI), 0, 30);
        AssertEven(drawn.Select(one => one.ScaleX), 1, 0.2);
        AssertEven(drawn.Select(one => one.ScaleY), 1, 0.2);
        AssertEven(drawn.Select(one => Math.Atan(one.Shear) * 180 / Math.PI), 0, 15);
        var covariance = drawn.Average(one => (one.ScaleX - 1) * (one.ScaleY - 1));
        Assert.That(covariance, Is.EqualTo(0).Within(4e-4), "height and width by themselves");

        static void AssertEven(IEnumerable<double> values, double middle, double bound)
        {
            double[] scaled = [.. values.Select(value => (value - middle) / bound)];
            Assert.That(scaled.Average(), Is.EqualTo(0).Within(0.02));
            Assert.That(scaled.Average(value => value * value), Is.EqualTo(1 / 3.0).Within(0.01));
            Assert.That(scaled.Min(), Is.InRange(-1, -0.999));
            Assert.That(scaled.Max(), Is.InRange(0.999, 1));
        }
    }

    [Test]
    public void Run_WithAugmentation_EqualsAutograd() => AssertSame(Train(Options, usesAutograd: true), Train(Options));

    [Test]
    public void Run_WithAugmentationAboveTheCache_EqualsAutograd()
    {
        var options = Options with { MaxCacheBytes = 1 << 20, MaxEpochs = 2 };
        var rows = Draw(6_000);

        AssertSame(Train(options, rows, usesAutograd: true), Train(options, rows));
    }

    [Test]
    public void Run_OnOtherNumbersOfThreads_AugmentsAlike() => AssertSame(Train(Options with { ThreadCount = 1 }), Train(Options));

    [Test]
    public void Run_WithAugmentation_AugmentsEachEpochAnewAndNoValidationRow()
    {
        // The learning rate is so small that nothing is learnt, and there is no normalisation. So the losses are those of the same network
        // on the same rows, distorted or not.
        var options = Options with { BatchNormalization = false, Optimizer = MlpOptimizer.Sgd(1e-30), Schedule = MlpSchedule.Constant };
        var (plain, augmented) = (Train(options with { Augmentation = null }).History, Train(options).History);

        Assert.That(augmented.Select(epoch => epoch.ValidationLoss), Is.EqualTo(plain.Select(epoch => epoch.ValidationLoss)));
        Assert.That(plain.Select(epoch => epoch.TrainLoss), Is.All.EqualTo(plain[0].TrainLoss).Within(1e-6));
        Assert.That(augmented.Select(epoch => epoch.TrainLoss).Append(plain[0].TrainLoss).Select(loss => Math.Round(loss, 5)), Is.Unique);
    }

    [Test]
    public void Run_WithBoundsOfNothing_EqualsNone()
    {
        var still = new MlpAugmentation(Height, Width)
        {
            Shift = 0,
            RotationDegrees = 0,
            Scale = 0,
            ShearDegrees = 0,
            ElasticDisplacement = 0,
        };

        Assert.That(
            Train(Options with { Augmentation = still }).Model.Layers[0].Weights.ToArray(),
            Is.EqualTo(Train(Options with { Augmentation = null }).Model.Layers[0].Weights.ToArray()));
    }

    [Test]
    public void Run_FromACheckpointOfOtherBounds_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var options = Options with { CheckpointPath = folder.PathOf("training.checkpoint"), MaxEpochs = 1 };
        Train(options);

        Assert.That(
            () => Train(options with { Augmentation = options.Augmentation! with { Scale = 0.2 } }),
            Throws.InvalidOperationException
                .With.Message.Contains("- Augmentation is MlpAugmentation { ")
                .And.Message.Contains("Scale = 0.2,"));
    }

    [Test]
    public void Run_GoneOnWith_EndsWithTheSameBits()
    {
        using var folder = new TemporaryFolder();
        var whole = Train(Options with { Schedule = MlpSchedule.Constant });
        var options = Options with { CheckpointPath = folder.PathOf("training.checkpoint"), Schedule = MlpSchedule.Constant };
        Train(options with { MaxEpochs = 1 });

        Assert.That(Train(options).Model.Layers[0].Weights.ToArray(), Is.EqualTo(whole.Model.Layers[0].Weights.ToArray()));
    }

    [Test]
    public void Fit_OfRowsThatAreNoSuchImages_SaysWhatIsExpected()
    {
        var mlContext = new MLContext(seed: 1);
        var data = TableRows.WithLabels<uint>(mlContext, new KeyDataViewType(typeof(uint), 2), 0, 1);
        var trainer = new MlpTrainer(mlContext, new MlpTrainer.Options { Augmentation = new MlpAugmentation(28, 20, 3) });

        Assert.That(() => trainer.Fit(data), Throws.ArgumentException.With.Message.EqualTo(
            "Augmentation is for images of height 28, width 20 and channels 3, but the feature column 'Features' has 1 values in a row; "
            + "height, width and channels must multiply to that number. (Parameter 'trainData')"));
    }

    [Test]
    public void ThrowIfInvalid_OfEveryBound_ListsThemAll()
    {
        var augmentation = new MlpAugmentation(0, -1, 0)
        {
            Fill = float.NaN,
            Shift = 1.5,
            RotationDegrees = 181,
            Scale = 1,
            ShearDegrees = 90,
            ElasticDisplacement = -0.1,
            ElasticSmoothness = 0,
        };

        var options = new MlpTrainer.Options { Augmentation = augmentation };

        var exception = Assert.Throws<ArgumentException>(() => new MlpTrainer(new MLContext(), options));

        string[] expected =
        [
            "- Augmentation.Height is 0, but must be at least 1.",
            "- Augmentation.Width is -1, but must be at least 1.",
            "- Augmentation.Channels is 0, but must be at least 1.",
            "- Augmentation.Fill is NaN, but must be a finite number.",
            "- Augmentation.Shift is 1.5, but must be at most 1.",
            "- Augmentation.RotationDegrees is 181, but must be at most 180.",
            "- Augmentation.Scale is 1, but must be below 1.",
            "- Augmentation.ShearDegrees is 90, but must be below 90.",
            "- Augmentation.ElasticDisplacement is -0.1, but must be at least 0.",
            "- Augmentation.ElasticSmoothness is 0, but must be above 0.",
        ];
        var lines = exception!.Message.Replace(" (Parameter 'options')", "", StringComparison.Ordinal).Split(Environment.NewLine)[1..];
        Assert.That(lines.Order(StringComparer.Ordinal), Is.EqualTo(expected.Order(StringComparer.Ordinal)));
    }

    private static void AssertSame(TrainingResult expected, TrainingResult found)
    {
        Assert.That(LossesOf(found), Is.EqualTo(LossesOf(expected)).Within(2e-4));
        Assert.That(found.Model.Layers[0].Weights.ToArray(), Is.EqualTo(expected.Model.Layers[0].Weights.ToArray()).Within(1e-3));
    }

    private static IEnumerable<double> LossesOf(TrainingResult result) => result.History.Select(epoch => epoch.TrainLoss);

    private static TrainingResult Train(MlpTrainer.Options options, (float[] Features, int Label)[]? rows = null, bool usesAutograd = false)
    {
        var data = TrainingData.Read(new ArrayRows(Classes, rows ?? Images), validationSource: null, options, seed: 1);
        var checkpoint = options.CheckpointPath is { } path ? TrainingCheckpoint.TryRead(path) : null;
        return new TrainingLoop(data, options, seed: 1, checkpoint: checkpoint) { UsesAutograd = usesAutograd }.Run();
    }

    private static (float[] Features, int Label)[] Draw(int count)
    {
        var random = new Random(1);
        return
        [
            .. Enumerable.Range(0, count).Select(_ =>
            {
                var label = random.Next(Classes);
                var pixels = Enumerable.Range(0, Height * Width)
                    .Select(pixel => random.NextSingle() + (pixel / Width * Classes / Height == label ? 0.3f : 0));
                return (pixels.ToArray(), label);
            }),
        ];
    }
}
