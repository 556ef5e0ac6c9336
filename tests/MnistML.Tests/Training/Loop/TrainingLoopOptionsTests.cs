using MnistML.Native;
using MnistML.Tests.Support;
using MnistML.Training.Loop;
using MnistML.Training.Rows;
using TorchSharp;

namespace MnistML.Tests.Training.Loop;

/// <summary>What each option does to a training, against a linear classifier in plain loops.</summary>
internal sealed class TrainingLoopOptionsTests
{
    private static readonly (float[] Features, int Label)[] Rows =
        [([0.5f, -1, 2], 0), ([1, 0.25f, -0.5f], 1), ([-2, 1, 0], 1), ([0, 0.75f, 1.5f], 0), ([1.25f, -0.5f, 0.1f], 1)];

    /// <summary>Three steps over all rows at once.</summary>
    private static readonly MlpTrainer.Options Plain = new()
    {
        HiddenLayers = [],
        BatchNormalization = false,
        FeatureScaling = MlpFeatureScaling.None,
        Optimizer = MlpOptimizer.Sgd(0.3),
        Schedule = MlpSchedule.Constant,
        BatchSize = 8,
        MaxEpochs = 3,
    };

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Run_WithLabelSmoothing_EqualsPlainLoops() =>
        AssertFollows(Plain with { LabelSmoothing = 0.2 }, new PlainLinear { LabelSmoothing = 0.2 });

    [Test]
    public void Run_WithExampleWeights_EqualsPlainLoops()
    {
        float[] weights = [2, 0, 0.5f, 1, 4];

        AssertFollows(Plain, new PlainLinear { Weights = [.. weights.Select(weight => weight / 1.5)] }, weights);
    }

    [Test]
    public void Run_WithExplicitClassWeights_EqualsPlainLoops() =>
        AssertFollows(
            Plain with { ClassWeights = MlpClassWeights.Explicit(3, 0.5) }, new PlainLinear { Weights = Normalized(3, 0.5, 0.5, 3, 0.5) });

    [Test]
    public void Run_WithBalancedClassWeights_EqualsPlainLoops() =>
        AssertFollows(
            Plain with { ClassWeights = MlpClassWeights.Balanced },
            new PlainLinear { Weights = Normalized(5 / 4.0, 5 / 6.0, 5 / 6.0, 5 / 4.0, 5 / 6.0) });

    [Test]
    public void Run_WithClassAndExampleWeights_MultipliesThem() => AssertFollows(
        Plain with { ClassWeights = MlpClassWeights.Explicit(3, 0.5) }, new PlainLinear { Weights = Normalized(6, 0.5, 0.5, 3, 1) },
            weights: [2, 1, 1, 1, 2]);

    [Test]
    public void Run_WithWholeWeights_EqualsRowsThatAreRepeated()
    {
        var weighted = Train(Plain, Rows, [3, 1, 1, 2, 1]).Model;
        var repeated = Train(Plain, [Rows[0], Rows[0], Rows[0], Rows[1], Rows[2], Rows[3], Rows[3], Rows[4]]).Model;

        Assert.That(weighted.Layers[0].Weights.ToArray(), Is.EqualTo(repeated.Layers[0].Weights.ToArray()).Within(1e-6));
    }

    [Test]
    public void Run_WithWeightsThatAreAllNothing_SaysSo() => Assert.That(
        () => Train(Plain, Rows, new float[5]),
        Throws.InvalidOperationException.With.Message.EqualTo(
            "All rows of the training data have a weight of 0, so that there is nothing to learn; at least one must be above 0."));

    [Test]
    public void Run_WithGradientClipping_EqualsPlainLoops() =>
        AssertFollows(Plain with { GradientClipNorm = 0.2 }, new PlainLinear { ClipNorm = 0.2 });

    [Test]
    public void Run_WithStandardizedFeatures_EqualsPlainLoopsOverScaledOnes()
    {
        double[] means = [.. Enumerable.Range(0, 3).Select(slot => Rows.Average(row => (double)row.Features[slot]))];
        double[] deviations =
            [.. Enumerable.Range(0, 3).Select(slot => Math.Sqrt(Rows.Average(row => Math.Pow(row.Features[slot] - means[slot], 2))))];
        (float[] Features, int Label)[] scaled =
            [.. Rows.Select(
                row => (row.Features.Select((value, slot) => (float)((value - means[slot]) / deviations[slot])).ToArray(), row.Label))];

        var model = Train(Plain with { FeatureScaling = MlpFeatureScaling.Standardize }, Rows).Model;
        var byHand = Train(Plain, scaled).Model;

        // The model takes the features as they are: its logits are those of the other over scaled ones.
        for (var row = 0; row < Rows.Length; row++)
        {
            Assert.That(
                PlainNetwork.Logits(model, Rows[row].Features), Is.EqualTo(PlainNetwork.Logits(byHand, scaled[row].Features)).Within(1e-5));
        }
    }

    [Test]
    public void Run_WithAMomentum_NesterovOrAdam_TrainsByThem([Values("momentum", "nesterov", "adam", "adamw")] string name)
    {
        var optimizer = name switch
        {
            "momentum" => MlpOptimizer.Sgd(0.3, 0.9),
            "nesterov" => MlpOptimizer.Sgd(0.3, 0.9, nesterov: true),
            "adam" => MlpOptimizer.Adam(0.3, weightDecay: 0.1),
            _ => MlpOptimizer.AdamW(0.3, weightDecay: 0.1),
        };

        AssertFollows(Plain with { Optimizer = optimizer }, new PlainLinear { Rule = name });
    }

    [Test]
    public void Run_OfAnyTraining_CountsAccuracyAndRowsPerSecond()
    {
        var result = Train(Plain with { Optimizer = MlpOptimizer.Sgd(1e-30) }, Rows);

        var right = Rows.Count(row => PredictedClass(result.Model, row.Features) == row.Label);
        Assert.That(result.History.Select(epoch => epoch.TrainAccuracy), Is.All.EqualTo(right / 5.0).Within(1e-12));
        Assert.That(result.History.Select(epoch => epoch.RowsPerSecond * epoch.Seconds), Is.All.EqualTo(5).Within(1e-6));
    }

    [Test]
    public void Run_WithDropoutAndBatchNormalization_GivesTheFinishedNetworksLosses()
    {
        var options = Plain with
        {
            HiddenLayers = [6, 4],
            DropoutRate = 0.4,
            BatchNormalization = true,
            BatchSize = 2,
            FeatureScaling = MlpFeatureScaling.Standardize,
            ValidationFraction = 0.4
        };

        var result = Train(options, Rows);

        // The plain model that comes out has the validation loss that the network had.
        double[] losses = [.. Rows.Select(row => -PlainNetwork.LogProbabilities(result.Model, row.Features)[row.Label])];
        double[] pairs = [.. losses.SelectMany((one, i) => losses.Skip(i + 1).Select(other => (one + other) / 2))];
        Assert.That(pairs, Has.Some.EqualTo(result.History[^1].ValidationLoss!.Value).Within(1e-5));
    }

    [TestCase(5, 4)]
    [TestCase(1, 4)]
    public void Run_WithBatchNormalizationAndALastBatchOfOneRow_Trains(int rows, int batchSize)
    {
        var result = Train(Plain with { HiddenLayers = [4], BatchNormalization = true, BatchSize = batchSize }, Rows[..rows]);

        Assert.That(result.History.Select(epoch => epoch.TrainLoss), Is.All.Matches<double>(double.IsFinite));
        Assert.That(result.Model.Layers.SelectMany(layer => layer.Weights.ToArray()), Is.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void Run_WithThreads_PutsTheCallersNumberBack()
    {
        var before = torch.get_num_threads();
        var during = 0;
        Train(Plain with { ThreadCount = before + 1, Progress = new Listener(_ => during = torch.get_num_threads()) }, Rows);

        Assert.That((during, torch.get_num_threads()), Is.EqualTo((before + 1, before)));
    }

    [Test]
    public void Run_ThatFails_PutsTheCallersSettingsBack()
    {
        var before = torch.get_num_threads();
        using (torch.no_grad())
        {
            Assert.That(
                () => Train(
                    Plain with { ThreadCount = before + 1, HiddenLayers = [8, 8], Optimizer = MlpOptimizer.Sgd(1e30), BatchSize = 1 },
                    Rows),
                Throws.TypeOf<MlpDivergenceException>());
            Assert.That(torch.is_grad_enabled(), Is.False);
        }

        Assert.That(torch.get_num_threads(), Is.EqualTo(before));
        Assert.That(torch.is_grad_enabled());
    }

    [Test]
    public void Run_UnderTheCallersOwnDefaults_GivesTheSameBits()
    {
        var options = Plain with { HiddenLayers = [4], DropoutRate = 0.2, BatchNormalization = true, ValidationFraction = 0.2 };
        var expected = Bits(Train(options, Rows).Model);
        torch.set_default_dtype(torch.ScalarType.Float64);
        try
        {
            Assert.That(Bits(Train(options, Rows).Model), Is.EqualTo(expected));
            Assert.That(torch.get_default_dtype(), Is.EqualTo(torch.ScalarType.Float64));
        }
        finally
        {
            torch.set_default_dtype(torch.ScalarType.Float32);
        }
    }

    [Test]
    public void Run_OfAHundredTrainings_LeavesNothingBehind()
    {
        var options = Plain with
        {
            HiddenLayers = [16, 8],
            DropoutRate = 0.2,
            BatchNormalization = true,
            FeatureScaling = MlpFeatureScaling.Standardize,
            Optimizer = MlpOptimizer.AdamW(),
            ValidationFraction = 0.4,
            EarlyStopping = new MlpEarlyStopping(2),
            GradientClipNorm = 1,
            ClassWeights = MlpClassWeights.Balanced,
            BatchSize = 2,
            MaxEpochs = 4,
        };
        Train(options, Rows);
        torch.manual_seed(5);
        var expected = Draw();
        torch.manual_seed(5);
        var (tensors, threads) = (torch.Tensor.TotalCount, torch.get_num_threads());
        var memory = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 100; i++)
        {
            Train(options with { Seed = i }, Rows);
        }

        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(tensors));
        Assert.That(torch.get_num_threads(), Is.EqualTo(threads));
        Assert.That(Draw(), Is.EqualTo(expected));
        Assert.That(GC.GetTotalMemory(forceFullCollection: true) - memory, Is.LessThan(1 << 20));

        static float Draw()
        {
            using var drawn = torch.rand(1);
            return drawn.item<float>();
        }
    }

    /// <summary>Trains with options, and by plain loops from the same first weights.</summary>
    private static void AssertFollows(MlpTrainer.Options options, PlainLinear plain, float[]? weights = null)
    {
        var start = Train(Plain with { Optimizer = MlpOptimizer.Sgd(1e-30), MaxEpochs = 1 }, Rows).Model.Layers[0];
        var result = Train(options, Rows, weights);

        double[] parameters = [.. start.Weights.ToArray(), .. start.Biases.ToArray()];
        var losses = Enumerable.Range(0, 3).Select(_ => plain.Step(parameters, Rows)).ToArray();

        Assert.That(result.History.Select(epoch => epoch.TrainLoss), Is.EqualTo(losses).Within(2e-6));
        Assert.That(result.Model.Layers[0].Weights.ToArray(), Is.EqualTo(parameters[..6]).Within(2e-5));
        Assert.That(result.Model.Layers[0].Biases.ToArray(), Is.EqualTo(parameters[6..]).Within(2e-5));
    }

    private static int PredictedClass(MlpModelParameters model, float[] features)
    {
        var logits = PlainNetwork.Logits(model, features);
        return logits[1] > logits[0] ? 1 : 0;
    }

    private static double[] Normalized(params double[] weights) => [.. weights.Select(weight => weight / weights.Average())];

    private static TrainingResult Train(MlpTrainingOptions options, (float[] Features, int Label)[] rows, float[]? weights = null)
    {
        var source = new ArrayRows(classCount: 2, rows, weights);
        return new TrainingLoop(TrainingData.Read(source, validationSource: null, options, seed: 1), options, seed: 1).Run();
    }

    private static int[] Bits(MlpModelParameters model) =>
        [.. model.Layers.SelectMany(layer => layer.Weights.ToArray().Concat(layer.Biases.ToArray()))
            .Select(BitConverter.SingleToInt32Bits)];

    /// <summary>A linear classifier of 3 features and 2 classes: six weights, two biases; one step over all rows at a time.</summary>
    private sealed class PlainLinear
    {
        private const double LearningRate = 0.3;
        private readonly double[] _first = new double[8];
        private readonly double[] _second = new double[8];
        private int _step;

        public double LabelSmoothing { get; init; }

        public double[] Weights { get; init; } = [1, 1, 1, 1, 1];

        public double ClipNorm { get; init; } = double.PositiveInfinity;

        public string Rule { get; init; } = "sgd";

        public double Step(double[] parameters, (float[] Features, int Label)[] rows)
        {
            var (loss, gradients) = (0.0, new double[8]);
            for (var row = 0; row < rows.Length; row++)
            {
                var features = rows[row].Features;
                var probabilities = PlainNetwork.Softmax([Logit(0), Logit(1)]);
                double Logit(int k) => parameters[6 + k] + Enumerable.Range(0, 3).Sum(j => parameters[(k * 3) + j] * features[j]);

                for (var k = 0; k < 2; k++)
                {
                    var target = (rows[row].Label == k ? 1 - LabelSmoothing : 0) + (LabelSmoothing / 2);
                    loss -= Weights[row] * target * Math.Log(probabilities[k]) / rows.Length;
                    var error = Weights[row] * (probabilities[k] - target) / rows.Length;
                    gradients[6 + k] += error;
                    for (var j = 0; j < 3; j++)
                    {
                        gradients[(k * 3) + j] += error * features[j];
                    }
                }
            }

            var norm = Math.Sqrt(gradients.Sum(gradient => gradient * gradient));
            _step++;
            for (var i = 0; i < 8; i++)
            {
                parameters[i] = Update(i, parameters[i], gradients[i] * Math.Min(1, ClipNorm / norm));
            }

            return loss;
        }

        private double Update(int i, double value, double gradient)
        {
            if (Rule is "momentum" or "nesterov")
            {
                _first[i] = (0.9 * _first[i]) + gradient;
                return value - (LearningRate * (Rule == "momentum" ? _first[i] : gradient + (0.9 * _first[i])));
            }

            if (Rule == "sgd")
            {
                return value - (LearningRate * gradient);
            }

            gradient += Rule == "adam" ? 0.1 * value : 0;
            value -= Rule == "adamw" ? LearningRate * 0.1 * value : 0;
            _first[i] = (0.9 * _first[i]) + (0.1 * gradient);
            _second[i] = (0.999 * _second[i]) + (0.001 * gradient * gradient);
            return value - (LearningRate * (_first[i] / (1 - Math.Pow(0.9, _step))) / (Math.Sqrt(_second[i] / (1 - Math.Pow(0.999, _step)))
                + 1e-8));
        }
    }
}
