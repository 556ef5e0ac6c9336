using System.CommandLine;
using System.Globalization;

namespace MnistML.Benchmarks.Speed;

/// <summary>Whether the classic recipe is as accurate in bfloat16 as in float32, and as in PyTorch, over several seeds.</summary>
internal static class ParityCommand
{
    private const int WholeEpochs = 20;
    private const double MaxBetweenPrecisions = 0.1;
    private const double MaxToPyTorch = 0.15;
    private const double Points = 100;

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var pytorch = new Option<string?>("--pytorch") { Description = "Folder of tensor_loop.py; left out without it", HelpName = "PATH" };
        var seeds = new Option<int>("--seeds") { Description = "Trainings of each side, with the seeds 1, 2, …", DefaultValueFactory = _ => 5 };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training set", DefaultValueFactory = _ => WholeEpochs };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file", HelpName = "FILE" };
        var command = new Command("parity", "Compare the classic recipe's test accuracy in bfloat16, in float32 and in PyTorch") { data, pytorch, seeds, epochs, json };
        command.SetAction(parsed => Mnist.Find(parsed.GetValue(data), "parity") is { } files
            ? Run(Path.GetDirectoryName(Path.GetFullPath(files.TrainImages))!, parsed.GetValue(pytorch), parsed.GetValue(seeds), parsed.GetValue(epochs), parsed.GetValue(json))
            : 0);
        return command;
    }

    private static int Run(string directory, string? pytorch, int seeds, int epochs, string? jsonPath)
    {
        var single = Accuracies(seed => new Peer.Sample("single", directory, "--recipe", "classic", "--epochs", $"{epochs}", "--seed", $"{seed}", "--precision", "single"));
        var auto = Accuracies(seed => new Peer.Sample("auto", directory, "--recipe", "classic", "--epochs", $"{epochs}", "--seed", $"{seed}", "--precision", "auto"));
        var theirs = pytorch is not null && Peer.PyTorch.CanImport("torch")
            ? Accuracies(_ => new Peer.PyTorch("tensor_loop.py", Path.Combine(pytorch, "tensor_loop.py"), directory, $"{epochs}")) // draws its own seed
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

        // Means over part of the seeds or epochs say little.
        const int MinSeeds = 5;
        return seeds >= MinSeeds && epochs == WholeEpochs ? verdict.ExitCode : 0;

        double[] Accuracies(Func<int, Peer> peerOf) => [.. Enumerable.Range(1, seeds).Select(seed => Points * peerOf(seed).Run().Accuracy)];

        void Expect(string what, double[] left, double[] right, double most) => verdict.Expect(
            Math.Abs(left.Average() - right.Average()) <= most,
            string.Create(CultureInfo.InvariantCulture, $"mean test accuracy, {what}: {left.Average():F3} % and {right.Average():F3} %, at most {most} points apart"));
    }
}
