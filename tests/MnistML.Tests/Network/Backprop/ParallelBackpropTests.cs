using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Backprop;
using MnistML.Network.Losses;
using MnistML.Network.Workers;
using MnistML.Vectors;
using TorchSharp;

namespace MnistML.Tests.Network.Backprop;

/// <summary>The hand-written derivatives against libtorch's own and against finite differences, and what they leave behind.</summary>
internal sealed class ParallelBackpropTests
{
    private const int Rows = 37;
    private const int Features = 19;
    private const int Classes = 5;
    private const ulong DropoutSeed = 9;

    private static readonly MlpArchitecture Small = new(Features, [35, 18], Classes);

    private static readonly NetworkSettings Everything = new()
    {
        DropoutRate = 0.3,
        BatchNormalization = true,
        Loss = new CrossEntropyLoss(LabelSmoothing: 0.1),
    };

    private static readonly int[] Labels = [.. Enumerable.Range(0, Rows).Select(row => row * row % Classes)];
    private static readonly double[] Factors = [.. Enumerable.Range(0, Rows).Select(row => row % 4 * 0.7)];

    [OneTimeSetUp]
    public void LoadLibTorch() => LibTorch.EnsureLoaded();

    [Test]
    public void Run_OfEachActivation_EqualsAutograd([Values] MlpActivation activation, [Values(1, 2, 3)] int workers) =>
        AssertSameAsAutograd(activation, new NetworkSettings(), workers);

    [Test]
    public void Run_WithEverything_EqualsAutograd([Values] MlpActivation activation, [Values(1, 2, 3)] int workers) =>
        AssertSameAsAutograd(activation, Everything, workers);

    [Test]
    public void Run_WithDropoutAlone_EqualsAutograd() =>
        AssertSameAsAutograd(MlpActivation.Relu, new NetworkSettings { DropoutRate = 0.5 }, workers: 2);

    [Test]
    public void Run_OfASingleRowWithBatchNormalization_EqualsAutograd() =>
        AssertSameAsAutograd(MlpActivation.Tanh, new NetworkSettings { BatchNormalization = true }, workers: 2, rowCount: 1);

    [Test]
    public void Run_OfALinearClassifier_EqualsAutograd() =>
        AssertSameAsAutograd(new MlpArchitecture(Features, [], Classes), new NetworkSettings(), workers: 2, Rows, tolerance: 2e-6);

    /// <summary>Layers of few and of many units, whose members are multiplied together and apart; rows that members leave out.</summary>
    [Test]
    public void Run_OfAnEnsemble_EqualsAutograd(
        [Values("35,18", "7,6", "40", "")] string hidden,
        [Values(1, 2, 3)] int workers,
        [Values(false, true)] bool hasFactors,
        [Values(MlpTask.Multiclass, MlpTask.Binary)] MlpTask task)
    {
        var units = hidden.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);
        var architecture = new MlpArchitecture(
            Features, units, task == MlpTask.Binary ? 1 : Classes, MlpActivation.Tanh, task, memberCount: 3);
        var settings = Everything with { HasFeatureFactors = hasFactors };
        AssertSameAsAutograd(
            architecture,
            task == MlpTask.Binary ? settings with { Loss = new BinaryCrossEntropyLoss() } : settings,
            workers,
            Rows,
            tolerance: 5e-5);
    }

    [Test]
    public void Run_OfAnEnsembleInBFloat16_EqualsAutogradInBFloat16(
        [Values("35,18", "64,40", "16,3")] string hidden,
        [Values(1, 2, 3)] int workers,
        [Values(MlpTask.Multiclass, MlpTask.Binary)] MlpTask task)
    {
        var architecture = new MlpArchitecture(
            Features, hidden.Split(',').Select(int.Parse), task == MlpTask.Binary ? 1 : Classes, MlpActivation.Relu, task, memberCount: 3);
        var settings = new NetworkSettings
        {
            Precision = MlpPrecision.BFloat16,
            Loss = task == MlpTask.Binary ? new BinaryCrossEntropyLoss() : new CrossEntropyLoss(),
        };
        AssertSameAsAutograd(architecture, settings, workers, Rows, tolerance: 0.06);
    }

    /// <summary>Shapes in which matrices have one row or column, and shares of every size.</summary>
    [Test]
    public void Run_InBFloat16_EqualsAutogradInBFloat16(
        [Values(MlpActivation.Relu, MlpActivation.Gelu)] MlpActivation activation,
        [Values(1, 2, 3)] int workers,
        [Values(1, 2, Rows)] int rowCount,
        [Values("35,18", "64,1,40", "200")] string hidden)
    {
        // Eight binary digits: rounding differs by one step in four hundred here and there.
        var settings = new NetworkSettings { Precision = MlpPrecision.BFloat16, Loss = new CrossEntropyLoss(LabelSmoothing: 0.1) };
        var architecture = new MlpArchitecture(Features, hidden.Split(',').Select(int.Parse), Classes, activation);
        AssertSameAsAutograd(architecture, settings, workers, rowCount, tolerance: 0.03);
    }

    [Test]
    public void Run_InBFloat16_RoundsWhatProductsTake()
    {
        using var single = new Passed(Small, new NetworkSettings(), workers: 1, Rows);
        using var rounded = new Passed(Small, new NetworkSettings { Precision = MlpPrecision.BFloat16 }, workers: 1, Rows);

        Assert.That(rounded.Loss, Is.Not.EqualTo(single.Loss));
        Assert.That(rounded.Loss, Is.EqualTo(single.Loss).Within(1).Percent);
        Assert.That(rounded.Gradients[0], Is.All.Matches<float>(value => (BitConverter.SingleToUInt32Bits(value) & 0xFFFF) == 0));
    }

    [Test]
    public void Run_OfEachActivation_HasTheGradientsOfFiniteDifferences([Values] MlpActivation activation)
    {
        var architecture = new MlpArchitecture(Features, [7, 6], Classes, activation);
        using var passed = new Passed(architecture, Everything with { DropoutRate = 0.2 }, workers: 2, Rows, Passed.InitialDeviation);

        // In double precision, so that differences have digits enough.
        using var scope = torch.NewDisposeScope();
        using var network = Passed.CreateNetwork(
            architecture, Everything with { DropoutRate = 0.2, Type = torch.ScalarType.Float64 }, Passed.InitialDeviation);
        using var noGradient = torch.no_grad();
        for (var i = 0; i < network.Parameters.Count; i++)
        {
            var values = network.Parameters[i].view(-1);
            for (var j = 0; j < values.numel(); j += 3)
            {
                const double Step = 1e-5;
                var difference = (LossWith(values, j, Step) - LossWith(values, j, -Step)) / (2 * Step);
                Assert.That(passed.Gradients[i][j], Is.EqualTo(difference).Within(2e-5), $"parameter {i}, value {j}");
            }
        }

        double LossWith(torch.Tensor values, int index, double change)
        {
            values[index].add_(change);
            var loss = Passed.AutogradLoss(network, Rows).item<double>();
            values[index].sub_(change);
            return loss;
        }
    }

    [Test]
    public void Run_OfTheSameBatch_GivesTheSameBits([Values(MlpPrecision.Single, MlpPrecision.BFloat16)] MlpPrecision precision)
    {
        using var once = new Passed(Small, Everything with { Precision = precision }, workers: 3, Rows);
        using var again = new Passed(Small, Everything with { Precision = precision }, workers: 3, Rows);

        Assert.That(again.Loss, Is.EqualTo(once.Loss));
        Assert.That(again.Gradients, Is.EqualTo(once.Gradients));
    }

    [Test]
    public void Run_CountsRowsThatAreRight()
    {
        using var scope = torch.NewDisposeScope();
        using var passed = new Passed(Small, new NetworkSettings(), workers: 3, Rows);
        using var network = Passed.CreateNetwork(Small, new NetworkSettings());
        var logits = network.ForwardTraining(torch.tensor(Passed.Inputs(Rows)), DropoutMask.None);
        var right = logits.argmax(1).eq(torch.tensor(Labels)).sum().item<long>();

        Assert.That(passed.CorrectCount, Is.EqualTo(right));
        Assert.That(right, Is.InRange(1, Rows - 1));
    }

    [Test]
    public void Dispose_AfterBatchesOfTwoSizes_LeavesNoLiveTensor()
    {
        var before = torch.Tensor.TotalCount;
        using (var passed = new Passed(Small, Everything with { Precision = MlpPrecision.BFloat16 }, workers: 2, Rows))
        {
            passed.RunAgain(Rows - 10);
        }

        Assert.That(torch.Tensor.TotalCount, Is.EqualTo(before));
    }

    private static void AssertSameAsAutograd(MlpActivation activation, NetworkSettings settings, int workers, int rowCount = Rows) =>
        AssertSameAsAutograd(
            new MlpArchitecture(Features, Small.HiddenLayers, Classes, activation), settings, workers, rowCount, tolerance: 2e-6);

    /// <summary>
    /// Batch normalisation cancels the gradient of biases; few rows and rounding can cancel others. Elsewhere every parameter has a
    /// gradient that an omitted term would change by more than the tolerance.
    /// </summary>
    private static bool HasLargeGradients(NetworkSettings settings, int rowCount) =>
        !settings.BatchNormalization && rowCount == Rows && settings.Precision != MlpPrecision.BFloat16;

    private static void AssertSameAsAutograd(
        MlpArchitecture architecture, NetworkSettings settings, int workers, int rowCount, double tolerance)
    {
        using var scope = torch.NewDisposeScope();
        using var passed = new Passed(architecture, settings, workers, rowCount);
        using var network = Passed.CreateNetwork(architecture, settings);
        var loss = Passed.AutogradLoss(network, rowCount);
        var gradients = network.Gradients(loss * architecture.MemberCount);

        Assert.That(passed.Loss, Is.EqualTo(loss.item<float>()).Within(tolerance));
        for (var i = 0; i < gradients.Count; i++)
        {
            var expected = TensorValues.ToSingles(gradients[i]);
            if (HasLargeGradients(settings, rowCount))
            {
                Assert.That(expected.Max(Math.Abs), Is.GreaterThan(1e-3), $"parameter {i} learns");
            }

            Assert.That(passed.Gradients[i], Is.EqualTo(expected).Within(tolerance), $"parameter {i}");
        }

        foreach (var ((name, expected), (_, found)) in network.State.Zip(passed.Network.State))
        {
            Assert.That(TensorValues.ToSingles(found), Is.EqualTo(TensorValues.ToSingles(expected)).Within(2e-6), name);
        }
    }

    /// <summary>A network whose pass over a batch has been run.</summary>
    private sealed class Passed : IDisposable
    {
        public const double InitialDeviation = 0.4;

        private readonly WorkerTeam _team;
        private readonly ParallelBackprop _backprop;

        public Passed(
            MlpArchitecture architecture, NetworkSettings settings, int workers, int rowCount, double initialDeviation = InitialDeviation)
        {
            Network = CreateNetwork(architecture, settings, initialDeviation);
            _team = new WorkerTeam(workers);
            _backprop = new ParallelBackprop(Network, Rows, _team);
            _backprop.UpdateProductWeights();
            Gradients = [.. Network.Parameters.Select(parameter => new float[parameter.numel()])];
            RunAgain(rowCount);
        }

        public MlpNetwork Network { get; }

        public float[][] Gradients { get; }

        public double Loss { get; private set; }

        public int CorrectCount { get; private set; }

        public static MlpNetwork CreateNetwork(
            MlpArchitecture architecture, NetworkSettings settings, double initialDeviation = InitialDeviation)
        {
            var network = new MlpNetwork(architecture, settings);
            using var generator = new torch.Generator(3);
            MlpInitializer.Normal(initialDeviation).Initialize(network, generator);
            foreach (var normalization in network.Normalizations)
            {
                var count = (int)normalization.Scale.numel();
                TensorValues.Set(normalization.Scale, [.. Enumerable.Range(0, count).Select(unit => 0.5f + (unit % 5 * 0.3f))]);
                TensorValues.Set(normalization.Shift, [.. Enumerable.Range(0, count).Select(unit => (unit % 3 * 0.2f) - 0.1f)]);
            }

            if (network.FactorOffsets is { } offsets)
            {
                TensorValues.Set(offsets, [.. Enumerable.Range(0, Features).Select(i => (i % 4 * 0.05f) - 0.1f)]);
            }

            return network;
        }

        public static float[,] Inputs(int rowCount)
        {
            var random = new Random(1);
            var inputs = new float[rowCount, Features];
            for (var i = 0; i < inputs.Length; i++)
            {
                inputs[i / Features, i % Features] = (4 * random.NextSingle()) - 2;
            }

            return inputs;
        }

        public static torch.Tensor AutogradLoss(MlpNetwork network, int rowCount)
        {
            var settings = network.Settings;
            var logits = network.ForwardTraining(
                torch.tensor(Inputs(rowCount), settings.Type), new DropoutMask(DropoutSeed, settings.DropoutRate));
            var members = network.Architecture.MemberCount;
            var (targets, factors) = (new List<Target>(), new List<double>());
            for (var row = 0; row < rowCount; row++)
            {
                for (var member = 0; member < members; member++)
                {
                    targets.Add(TargetOf(row, network));
                    factors.Add((Factors[row] + 0.1) * targets[^1].ShareOf(member, members));
                }
            }

            return settings.Loss.ComputeMean(
                logits.reshape(rowCount * members, -1),
                settings.Loss.ToTensor(targets.ToArray()),
                torch.tensor(factors.ToArray(), settings.Type));
        }

        /// <summary>In an ensemble some rows are left out by a member, and some by none.</summary>
        private static Target TargetOf(int row, MlpNetwork network)
        {
            var (members, task) = (network.Architecture.MemberCount, network.Architecture.Task);
            return new Target(task == MlpTask.Binary ? Labels[row] % 2 : Labels[row], Value: 0, Weight: 1)
            {
                Fold = members == 1 ? (byte)0 : (byte)(row % (members + 1)),
            };
        }

        public void RunAgain(int rowCount)
        {
            var inputs = Inputs(rowCount);
            var buffer = _backprop.Buffers[1];
            buffer.RowCount = rowCount;
            buffer.DropoutSeed = DropoutSeed;
            for (var row = 0; row < rowCount; row++)
            {
                (buffer.Targets[row], buffer.LossFactors[row]) = (TargetOf(row, Network), Factors[row] + 0.1);
                var written = buffer.Inputs.Rows.ForWrite(row, new float[Features]);
                System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref inputs[row, 0], Features).CopyTo(written);
                buffer.Inputs.Rows.Write(row, written);
            }

            using var noGradient = torch.no_grad();
            var sums = _backprop.Run(bufferIndex: 1);
            (Loss, CorrectCount) = (sums.Loss / rowCount, (int)sums.Metric);
            _team.Run(_backprop.ComputeGradient);
            _team.Run(worker => _backprop.ForEachGradientChunk(
                worker, (parameter, start, gradient) => gradient.CopyTo(Gradients[parameter].AsSpan(start))));
            _backprop.HandleFactorGradient((parameter, _, gradient) => gradient.CopyTo(Gradients[parameter]));
        }

        public void Dispose()
        {
            _team.Dispose();
            _backprop.Dispose();
            Network.Dispose();
        }
    }
}
