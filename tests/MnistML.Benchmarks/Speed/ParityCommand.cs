using System.CommandLine;
using System.Globalization;

namespace MnistML.Benchmarks.Speed;

/// <summary>Compares the accuracy of the classic recipe in bfloat16, in float32 and in PyTorch, over several seeds.</summary>
internal static class ParityCommand
{
    private const int WholeEpochs = 20;
    private const double MaxBetweenPrecisions = 0.1;
    private const double MaxToPyTorch = 0.15;
    private const double Points = 100;
    private const string Script = "tensor_loop.py";

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var pytorch = new Option<string?>("--pytorch") { Description = "Folder of tensor_loop.py; left out without it", HelpName = "PATH" };
        var seeds = new Option<int>("--seeds")
        {
            Description = "Trainings of each side, with the seeds 1, 2, …",
            DefaultValueFactory = _ => 5,
        };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training set", DefaultValueFactory = _ => WholeEpochs };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file", HelpName = "FILE" };
        var command = new Command("parity", "Compare the classic recipe's test accuracy in bfloat16, in float32 and in PyTorch")
        {
            data, pytorch, seeds, epochs, json,
        };
        command.SetAction(parsed =>
        {
            if (Mnist.Find(parsed.GetValue(data), "parity") is not { } files)
            {
                return 0;
            }

            var directory = Path.GetDirectoryName(Path.GetFullPath(files.TrainImages))!;
            return Run(directory, parsed.GetValue(pytorch), parsed.GetValue(seeds), parsed.GetValue(epochs), parsed.GetValue(json));
        });
        return command;
    }

    private static int Run(string directory, string? pytorch, int seeds, int epochs, string? jsonPath)
    {
        var single = Accuracies(seed => Sample("single", seed));
        var auto = Accuracies(seed => Sample("auto", seed));
        var theirs = pytorch is not null && Peer.PyTorch.CanImport("torch")
            ? Accuracies(_ => new Peer.PyTorch(Script, Path.Combine(pytorch, Script), directory, $"{epochs}")) // draws its own seed
            : [];

        var verdict = new Verdict();
        Expect("auto to single", auto, single, MaxBetweenPrecisions);
        if (theirs.Length > 0)
        {
            Expect("single to PyTorch", single, theirs, MaxToPyTorch);
            Expect("auto to PyTorch", auto, theirs, MaxToPyTorch);
        }
        else
        {
            Console.WriteLine("PyTorch is left out: --pytorch is not given, or /usr/bin/python3 has no torch.");
        }

        Report.Write(jsonPath, new { Machine = Machine.Current, Epochs = epochs, Single = single, Auto = auto, PyTorch = theirs });

        // Means over fewer seeds or epochs say little.
        const int MinSeeds = 5;
        return seeds >= MinSeeds && epochs == WholeEpochs ? verdict.ExitCode : 0;

        Peer.Sample Sample(string precision, int seed) => new(
            precision, directory, "--recipe", "classic", "--epochs", $"{epochs}", "--seed", $"{seed}", "--precision", precision);

        double[] Accuracies(Func<int, Peer> peerOf) => [.. Enumerable.Range(1, seeds).Select(seed => Points * peerOf(seed).Run().Accuracy)];

        void Expect(string what, double[] left, double[] right, double max)
        {
            var (leftMean, rightMean) = (left.Average(), right.Average());
            verdict.Expect(Math.Abs(leftMean - rightMean) <= max, string.Create(
                CultureInfo.InvariantCulture,
                $"mean test accuracy, {what}: {leftMean:F3} % and {rightMean:F3} %, at most {max} points apart"));
        }
    }
}
