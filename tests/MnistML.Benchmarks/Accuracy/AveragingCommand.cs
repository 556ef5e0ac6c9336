using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using MnistML.Datasets;
using MnistML.Native;
using MnistML.Network;
using MnistML.Network.Features;
using MnistML.Trainers.Columns;
using MnistML.Training.Checkpoints;
using MnistML.Training.Loop;
using MnistML.Training.Rows;

namespace MnistML.Benchmarks.Accuracy;

/// <summary>
/// Measures what averaging the weights of a training's last epochs brings to the accurate recipe, on images set aside. This is stochastic
/// weight averaging (Izmailov, Podoprikhin, Garipov, Vetrov and Wilson, 2018). The learning rate follows one cycle or is constant.
/// </summary>
internal static class AveragingCommand
{
    private const double ValidationFraction = 1.0 / 6;
    private const int Side = 28;
    private static readonly int[] LastEpochs = [1, 5, 10, 20];

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var epochs = new Option<int>("--epochs") { Description = "Epochs", DefaultValueFactory = _ => 30 };
        var seed = new Option<int>("--seed") { Description = "Seed", DefaultValueFactory = _ => 1 };
        var images = new Option<int?>("--images") { Description = "Take so many training images [default: all]" };
        var command = new Command("averaging", "What averaging the weights of the last epochs brings, on images set aside")
        {
            data, epochs, seed, images,
        };
        command.SetAction(parsed =>
        {
            if (Mnist.Find(parsed.GetValue(data), "averaging") is not { } files)
            {
                return;
            }

            LibTorch.EnsureLoaded();
            var (imageCount, seedValue) = (parsed.GetValue(images), parsed.GetValue(seed));
            var recipe = MlpRecipes.Accurate(Side, Side) with
            {
                Members = 1,
                MaxEpochs = parsed.GetValue(epochs),
                ValidationFraction = ValidationFraction,
            };
            var constant = recipe with { Schedule = MlpSchedule.Constant };
            Console.WriteLine($"{"the mean of the last epochs' weights",-40} {"accuracy",9} {"loss",8}");
            Compare("one cycle", recipe, files, imageCount, seedValue);
            Compare("constant 0.003", constant, files, imageCount, seedValue);
            Compare("constant 0.001", constant with { Optimizer = MlpOptimizer.AdamW(0.001) }, files, imageCount, seedValue);
        });
        return command;
    }

    private static void Compare(string name, MlpTrainer.Options options, MnistFiles files, int? images, int seed)
    {
        using var folder = new TemporaryFolder();
        var checkpointPath = Path.Combine(folder.Path, "averaging.checkpoint");
        var mlContext = new MLContext(seed);
        using var channel = ((IChannelProvider)mlContext).Start("averaging");
        var view = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
        view = images is { } count ? mlContext.Data.TakeRows(view, count) : view;
        var columns = InputColumns.Bind(view.Schema, options, mlContext);
        var rows = new DataViewRows(view, columns, options.InvalidFeatures, "training data", channel);
        var data = TrainingData.Read(rows, validationSource: null, options, seed);
        StateMean[] means = [.. LastEpochs.Where(last => last <= options.MaxEpochs).Select(last => new StateMean(last))];

        // The checkpoint of an epoch is written before the epoch is reported.
        new TrainingLoop(data, options with { CheckpointPath = checkpointPath, Progress = new EpochEnd(Add) }, seed).Run();

        foreach (var mean in means)
        {
            var outcome = Validate(mean.Values, data, options);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{$"{name}, {mean.Count}",-40} {outcome.MeanMetric,9:P2} {outcome.MeanLoss,8:F4}"));
        }

        void Add(MlpProgress progress)
        {
            var state = TrainingCheckpoint.TryRead(checkpointPath)!.Network;
            foreach (var mean in means.Where(mean => progress.Epoch > progress.EpochCount - mean.Count))
            {
                mean.Add(state);
            }
        }
    }

    private static BatchOutcome Validate(IReadOnlyDictionary<string, float[]> state, TrainingData data, MlpTrainer.Options options)
    {
        var architecture = new MlpArchitecture(data.FeatureCount, options.HiddenLayers!, data.ClassCount, options.Activation);
        var encoder = data.Statistics.FeatureScale is { } scale ? new FeatureEncoder(scale) : null;
        var settings = new NetworkSettings { BatchNormalization = options.BatchNormalization, Encoder = encoder };
        using var network = new MlpNetwork(architecture, settings);
        network.RestoreState(state);
        return Validation.Run(network, data.Validation!, TrainingDevice.Find(options.Device), CancellationToken.None);
    }

    /// <summary>The mean of network states that are added one by one.</summary>
    /// <param name="count">The number of states that will be added.</param>
    private sealed class StateMean(int count)
    {
        private readonly Dictionary<string, double[]> _sums = [];

        public int Count => count;

        public IReadOnlyDictionary<string, float[]> Values =>
            _sums.ToDictionary(sum => sum.Key, sum => Array.ConvertAll(sum.Value, value => (float)(value / count)));

        public void Add(IReadOnlyDictionary<string, float[]> state)
        {
            foreach (var (name, values) in state)
            {
                _sums[name] = [.. values.Zip(_sums.GetValueOrDefault(name) ?? new double[values.Length], (value, sum) => sum + value)];
            }
        }
    }

    private sealed class EpochEnd(Action<MlpProgress> then) : IProgress<MlpProgress>
    {
        public void Report(MlpProgress value)
        {
            if (value.Metrics is not null)
            {
                then(value);
            }
        }
    }
}
