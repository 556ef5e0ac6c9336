using System.CommandLine;
using System.Globalization;

namespace MnistML.Benchmarks.Speed;

/// <summary>Compares the accuracy of the classic recipe in bfloat16, in float32 and in PyTorch, over several seeds.</summary>
internal static class ParityCommand
{
    private const int WholeEpochs = 20;
    private const double MaxBetweenPrecisions = 0.1;
    private const double MaxToPyTorch = 0.15;
    private const int MinSeeds = 5;

    /// <summary>With fewer seeds or epochs: one epoch gave up to 0.06 points between precisions, and up to 1.3 between seeds.</summary>
    private const double MaxBetweenPrecisionsInShort = 0.5;
    private const double MaxToPyTorchInShort = 3;
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
        var isShort = seeds < MinSeeds || epochs < WholeEpochs;
        var maxToPyTorch = isShort ? MaxToPyTorchInShort : MaxToPyTorch;
        Expect("auto to single", auto, single, isShort ? MaxBetweenPrecisionsInShort : MaxBetweenPrecisions);
        if (theirs.Length > 0)
        {
            Expect("single to PyTorch", single, theirs, maxToPyTorch);
            Expect("auto to PyTorch", auto, theirs, maxToPyTorch);
        }
        else
        {
            Console.WriteLine("PyTorch is left out: --pytorch is not given, or /usr/bin/python3 has no torch.");
        }

        Report.Write(jsonPath, new { Machine = Machine.Current, Epochs = epochs, Single = single, Auto = auto, PyTorch = theirs });
        return verdict.ExitCode;

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
