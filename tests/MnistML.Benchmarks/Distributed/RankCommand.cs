using System.CommandLine;
using Microsoft.ML;
using MnistML.Benchmarks.Speed;
using MnistML.Native;
using MnistML.Training.Loop;
using MnistML.Training.Rows;

namespace MnistML.Benchmarks.Distributed;

/// <summary>One process of a training, which the other commands of this folder start by a launcher.</summary>
internal static class RankCommand
{
    public const string Name = "distributed-rank";

    private const int Pixels = 784;
    private const int Classes = 10;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { DefaultValueFactory = _ => 20_000 };
        var batch = new Option<int>("--batch") { DefaultValueFactory = _ => 256 };
        var epochs = new Option<int>("--epochs") { DefaultValueFactory = _ => 4 };
        var precision = new Option<MlpPrecision>("--precision") { DefaultValueFactory = _ => MlpPrecision.Single };
        var alone = new Option<bool>("--alone") { Description = "Without a group" };
        var hard = new Option<bool>("--hard") { Description = "With dropout of 0.2, noise of 0.1, clipping at 1" };
        var plain = new Option<bool>("--plain") { Description = "Without batch normalisation" };
        var data = Mnist.DirectoryOption();
        var real = new Option<bool>("--mnist") { Description = "On MNIST" };
        var checkpoint = new Option<string?>("--checkpoint");
        var pids = new Option<string?>("--pids") { Description = "A folder for the process of each rank" };
        var timeout = new Option<int>("--timeout") { DefaultValueFactory = _ => 600 };
        var fails = new Option<string?>("--fails") { Description = "The first rank throws when this file is there" };
        var command = new Command(Name, "One process of a training, started by the commands for several")
        {
            rows, batch, epochs, precision, alone, hard, plain, data, real, checkpoint, pids, timeout, fails,
        };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            LibTorch.EnsureLoaded();
            var options = new MlpTrainer.Options
            {
                HiddenLayers = [512, 256],
                Members = 1,
                FeatureEncoding = MlpFeatureEncoding.None,
                FeatureScaling = MlpFeatureScaling.BoundedStandardize,
                Schedule = MlpSchedule.OneCycle(),
                BatchNormalization = !parsed.GetValue(plain),
                BatchSize = parsed.GetValue(batch),
                MaxEpochs = parsed.GetValue(epochs),
                Precision = parsed.GetValue(precision),
                DropoutRate = parsed.GetValue(hard) ? 0.2 : 0,
                InputNoise = parsed.GetValue(hard) ? 0.1 : 0,
                GradientClipNorm = parsed.GetValue(hard) ? 1 : null,
                CheckpointPath = parsed.GetValue(checkpoint),
                ThreadCount = 1,
                Seed = 1,
            };
            var folder = parsed.GetValue(real) ? parsed.GetValue(data) : null;
            if (parsed.GetValue(alone))
            {
                OwnProcess.Print(Train(options, parsed.GetValue(rows), folder, parsed.GetValue(real)));
                return 0;
            }

            MpiGroup.Run(
                group =>
                {
                    WritePid(parsed.GetValue(pids), group.Rank);
                    var progress = parsed.GetValue(fails) is { } mark ? new Failure(mark) : null;
                    var figures = Train(
                        options with { Group = group, Progress = progress }, parsed.GetValue(rows), folder, parsed.GetValue(real));
                    if (group.Rank == 0)
                    {
                        OwnProcess.Print(figures);
                    }
                },
                new MpiOptions { Timeout = TimeSpan.FromSeconds(parsed.GetValue(timeout)) });
            return 0;
        });
        return command;
    }

    private static RankFigures Train(MlpTrainer.Options options, int rows, string? folder, bool isReal)
    {
        if (!isReal)
        {
            var data = TrainingData.Read(new PixelRows(rows, Pixels, Classes), validationSource: null, options, seed: 1);
            var result = new TrainingLoop(data, options, seed: 1).Run();
            return Figures(result.History, accuracy: 0, result.Model.ComputeHash());
        }

        var mlContext = new MLContext(seed: 1);
        var files = Mnist.Find(folder, "The training on MNIST")!;
        using var model = new MlpTrainer(mlContext, options).Fit(mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels));
        var isFirst = options.Group is null or { Rank: 0 };
        var accuracy = isFirst
            ? mlContext.MulticlassClassification
                .Evaluate(model.Transform(mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels))).MicroAccuracy
            : 0;
        return Figures(model.History, accuracy, model.Model.ComputeHash());
    }

    private static RankFigures Figures(IReadOnlyList<MlpEpochMetrics> history, double accuracy, string hash) => new(
        Statistics.Median(history.Skip(history.Count > 1 ? 1 : 0).Select(epoch => epoch.RowsPerSecond)),
        [.. history.Select(epoch => epoch.TrainLoss)],
        accuracy,
        hash);

    private static void WritePid(string? folder, int rank)
    {
        if (folder is not null)
        {
            File.WriteAllText(Path.Combine(folder, $"{rank}.part"), $"{Environment.ProcessId}");
            File.Move(Path.Combine(folder, $"{rank}.part"), Path.Combine(folder, $"{rank}"));
        }
    }

    private sealed class Failure(string mark) : IProgress<MlpProgress>
    {
        public void Report(MlpProgress value)
        {
            if (File.Exists(mark))
            {
                throw new InvalidDataException("Thrown to see how soon the job is over.");
            }
        }
    }
}
