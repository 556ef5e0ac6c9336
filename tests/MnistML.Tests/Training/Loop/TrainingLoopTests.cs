using MnistML.Native;
using MnistML.Tests.Support;
using MnistML.Training.Loop;
using MnistML.Training.Rows;
using TorchSharp;

namespace MnistML.Tests.Training.Loop;

internal sealed class TrainingLoopTests
{
    private static readonly float[][] Features = [[0.5f, -1, 2], [1, 0.25f, -0.5f], [-2, 1, 0], [0, 0.75f, 1.5f], [1.25f, -0.5f, 0.1f]];
    private static readonly int[] Labels = [0, 1, 1, 0, 1];

    /// <summary>Ten rows of one class, then ten of the other, all with the same features.</summary>
    private static readonly (float[] Features, int Label)[] SortedRows =
        [.. Enumerable.Range(0, 20).Select(row => (new float[3], row / 10))];

    /// <summary>Gradient descent and nothing else.</summary>
    private static readonly MlpTrainer.Options Plain = new()
    {
        BatchNormalization = false,
        FeatureScaling = MlpFeatureScaling.None,
        Optimizer = MlpOptimizer.Sgd(0.1),
        Schedule = MlpSchedule.Constant,
    };

    private static readonly MlpTrainer.Options SortedRowsOptions =
        Plain with { HiddenLayers = [], Optimizer = MlpOptimizer.Sgd(0.5), BatchSize = 1, MaxEpochs = 1 };

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Run_OfALinearClassifierInOneBatch_EqualsPlainLoops()
    {
        var options = Plain with { HiddenLayers = [], Optimizer = MlpOptimizer.Sgd(0.3), BatchSize = 5, MaxEpochs = 1 };
        var start = Train(options with { Optimizer = MlpOptimizer.Sgd(1e-30) }).Model;
        double[] weights = [.. start.Layers[0].Weights.ToArray()];
        double[] biases = [.. start.Layers[0].Biases.ToArray()];
        const int Epochs = 3;
        for (var epoch = 0; epoch < Epochs; epoch++)
        {
            GradientStep(weights, biases, learningRate: 0.3);
        }

        var trained = Train(options with { MaxEpochs = Epochs }).Model.Layers[0];

        Assert.That(trained.Weights.ToArray(), Is.EqualTo(weights).Within(1e-6));
        Assert.That(trained.Biases.ToArray(), Is.EqualTo(biases).Within(1e-6));
    }

    [Test]
    public void Run_WithASmallerLastBatch_WeighsTheLossByRows()
    {
        // The learning rate is too small to change anything, so every batch sees the same network.
        var result = Train(Plain with { HiddenLayers = [4], Optimizer = MlpOptimizer.Sgd(1e-30), BatchSize = 3, MaxEpochs = 2 });
        var mean = Features.Zip(Labels).Average(row => -PlainNetwork.LogProbabilities(result.Model, row.First)[row.Second]);

        Assert.That(result.History.Select(epoch => epoch.TrainLoss), Is.All.EqualTo(mean).Within(1e-6));
        Assert.That(result.History.Select(epoch => epoch.Epoch), Is.EqualTo([1, 2]));
        Assert.That(result.History.Select(epoch => epoch.Seconds), Is.All.GreaterThan(0));
    }

    [Test]
    public void Run_WithASchedule_TrainsAtItsRatesAndTellsThem()
    {
        var options = Plain with { HiddenLayers = [], Optimizer = MlpOptimizer.Sgd(0.3), BatchSize = 5, MaxEpochs = 3 };
        var halved = Train(options with { Schedule = MlpSchedule.StepDecay(everyEpochs: 1, factor: 0.5) });
        var start = Train(options with { Optimizer = MlpOptimizer.Sgd(1e-30) }).Model;
        double[] weights = [.. start.Layers[0].Weights.ToArray()];
        double[] biases = [.. start.Layers[0].Biases.ToArray()];
        foreach (var learningRate in (double[])[0.3, 0.15, 0.075])
        {
            GradientStep(weights, biases, learningRate);
        }

        Assert.That(halved.History.Select(epoch => epoch.LearningRate), Is.EqualTo([0.3, 0.15, 0.075]).Within(1e-12));
        Assert.That(halved.Model.Layers[0].Weights.ToArray(), Is.EqualTo(weights).Within(1e-6));
    }

    [Test]
    public void Run_OfRowsSortedByClass_ShufflesThem()
    {
        // Only the biases learn. In the rows' own order the class seen last would always come out ahead.
        var favoured = Enumerable.Range(0, 20)
            .Select(seed => Train(SortedRowsOptions, seed, sortedRows: true).Model.Layers[0].Biases.ToArray());

        Assert.That(favoured.Select(biases => biases[1] > biases[0]), Does.Contain(true).And.Contain(false));
    }

    [Test]
    public void Run_OfManyEpochs_ShufflesAnewForEach()
    {
        // In one order, epoch after epoch, the losses would settle to a constant.
        var losses = Train(SortedRowsOptions with { MaxEpochs = 60 }, sortedRows: true).History.Skip(50)
            .Select(epoch => Math.Round(epoch.TrainLoss, 6));

        Assert.That(losses.Distinct().Count(), Is.GreaterThan(5));
    }

    [Test]
    public void Run_WithTheSameSeed_GivesTheSameBits()
    {
        var options = Plain with { HiddenLayers = [8, 4], BatchSize = 2, MaxEpochs = 5 };

        var once = Bits(Train(options, seed: 1).Model);

        Assert.That(Bits(Train(options, seed: 1).Model), Is.EqualTo(once));
        Assert.That(Bits(Train(options, seed: 2).Model), Is.Not.EqualTo(once));
    }

    [Test]
    public void Run_OfAnyTraining_NeitherUsesNorDisturbsTheCallersGenerator()
    {
        var options = Plain with { MaxEpochs = 2 };
        torch.manual_seed(5);
        using var expected = torch.rand(3);
        torch.manual_seed(5);
        var first = Bits(Train(options).Model);
        using var drawn = torch.rand(3);
        torch.manual_seed(6);

        Assert.That(drawn.data<float>().ToArray(), Is.EqualTo(expected.data<float>().ToArray()));
        Assert.That(Bits(Train(options).Model), Is.EqualTo(first));
    }

    [Test]
    public void Run_OfAnyTraining_LeavesNoLiveTensor()
    {
        var options = Plain with { Optimizer = MlpOptimizer.Sgd(0.1, 0.9), BatchSize = 2, MaxEpochs = 3 };
        var before = torch.Tensor.TotalCount;
        Train(options);

        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void Run_WithProgress_ReportsEachEpochWithItsMetrics()
    {
        var reports = new List<MlpProgress>();
        var result = Train(Plain with { BatchSize = 2, MaxEpochs = 3, Progress = new Listener(reports.Add) });

        var ends = reports.Where(report => report.Metrics is not null).ToArray();
        Assert.That(ends.Select(report => report.Metrics), Is.EqualTo(result.History));
        Assert.That(
            ends.Select(report => (report.Epoch, report.EpochCount, report.Batch, report.BatchCount)),
            Is.EqualTo([(1, 3, 3, 3), (2, 3, 3, 3), (3, 3, 3, 3)]));
    }

    [Test]
    public void Run_WhenCancelled_StopsBeforeTheNextBatch()
    {
        using var cancellation = new CancellationTokenSource();
        var epochs = new List<int>();
        var options = Plain with
        {
            BatchSize = 1,
            MaxEpochs = 100,
            CancellationToken = cancellation.Token,
            Progress = new Listener(progress =>
            {
                epochs.Add(progress.Epoch);
                if (progress.Epoch == 2)
                {
                    cancellation.Cancel();
                }
            }),
        };
        var before = torch.Tensor.TotalCount;

        Assert.That(() => Train(options), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(epochs.Max(), Is.EqualTo(2));
        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before));
    }

    [Test]
    public void Run_ThatDiverges_SaysWhenAndWhatToTry()
    {
        var options = Plain with { Optimizer = MlpOptimizer.Sgd(1e30), BatchSize = 1, MaxEpochs = 5 };

        var error = Assert.Throws<MlpDivergenceException>(() => Train(options));

        Assert.That(error, Is.InstanceOf<InvalidOperationException>());
        Assert.That((error!.Epoch, error.Batch, error.LearningRate), Is.EqualTo((1, 2, 1e30)));
        Assert.That(error.Message, Is.EqualTo(
            "The training diverged in epoch 1, batch 2 of 5: the loss is NaN at a learning rate of 1E+30, with SGD(learning rate 1E+30). "
            + "Try a smaller learning rate, a warm-up (Schedule with WarmUpEpochs), GradientClipNorm = 1, "
            + "or features of one scale (FeatureScaling = Standardize)."));
    }

    [Test]
    public void Run_CancelledWhileAnInitialModelIsCalibrated_LeavesNoLiveTensor()
    {
        var options = Plain with { BatchNormalization = true, HiddenLayers = [4], BatchSize = 2, MaxEpochs = 1 };
        var initialModel = Train(options).Model;
        using var cancellation = new CancellationTokenSource();
        var cancelled = options with { CancellationToken = cancellation.Token };
        var data = TrainingData.Read(new ArrayRows(classCount: 2, [.. Features.Zip(Labels)]), validationSource: null, cancelled, seed: 1);
        var before = torch.Tensor.TotalCount;
        cancellation.Cancel();

        Assert.That(() => new TrainingLoop(data, cancelled, seed: 1, initialModel).Run(), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before));
    }

    private static TrainingResult Train(MlpTrainingOptions options, int seed = 1, bool sortedRows = false)
    {
        var rows = new ArrayRows(classCount: 2, sortedRows ? SortedRows : [.. Features.Zip(Labels)]);
        return new TrainingLoop(TrainingData.Read(rows, validationSource: null, options, seed), options, seed).Run();
    }

    private static int[] Bits(MlpModelParameters model) =>
        [.. model.Layers.SelectMany(layer => layer.Weights.ToArray().Concat(layer.Biases.ToArray()))
            .Select(BitConverter.SingleToInt32Bits)];

    /// <summary>A step of gradient descent on the mean cross-entropy of a linear classifier of 3 features and 2 classes.</summary>
    private static void GradientStep(double[] weights, double[] biases, double learningRate)
    {
        var weightGradient = new double[6];
        var biasGradient = new double[2];
        for (var row = 0; row < Labels.Length; row++)
        {
            var features = Features[row];
            var probabilities = PlainNetwork.Softmax([Logit(0), Logit(1)]);
            double Logit(int k) => biases[k] + Enumerable.Range(0, 3).Sum(j => weights[(k * 3) + j] * features[j]);

            for (var k = 0; k < 2; k++)
            {
                var error = (probabilities[k] - (Labels[row] == k ? 1 : 0)) / Labels.Length;
                biasGradient[k] += error;
                for (var j = 0; j < 3; j++)
                {
                    weightGradient[(k * 3) + j] += error * Features[row][j];
                }
            }
        }

        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] -= learningRate * weightGradient[i];
        }

        for (var k = 0; k < biases.Length; k++)
        {
            biases[k] -= learningRate * biasGradient[k];
        }
    }
}
