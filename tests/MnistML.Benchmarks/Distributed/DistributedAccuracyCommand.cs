using System.CommandLine;

namespace MnistML.Benchmarks.Distributed;

/// <summary>What one to four processes learn from MNIST, and what they learn in thirty steps, beside each other.</summary>
internal static class DistributedAccuracyCommand
{
    private static readonly double[] MaxDifferenceOfEpoch = [0.002, 0.01, 0.03];
    private const double MaxDifferenceOfAccuracy = 0.001;
    private const double MaxDifferenceOfSteps = 1e-5;

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var ranks = new Option<int[]>("--ranks")
        {
            Description = "Numbers of processes beside one",
            DefaultValueFactory = _ => [2, 3, 4],
            AllowMultipleArgumentsPerToken = true,
        };
        var steps = new Option<bool>("--steps") { Description = "The thirty steps alone, which need no MNIST" };
        var command = new Command("distributed-accuracy", "Losses and accuracy of one to four processes over Open MPI")
        {
            data, ranks, steps,
        };
        command.SetAction(parsed => Run(parsed.GetValue(data), parsed.GetValue(ranks)!, parsed.GetValue(steps)));
        return command;
    }

    private static int Run(string? directory, int[] ranks, bool onlySteps)
    {
        if (MpiProgram.FindLauncher("distributed-accuracy") is not { } launcher)
        {
            return 0;
        }

        var verdict = new Verdict();
        CompareSteps(verdict, launcher, ranks.Where(count => count <= 3));
        if (!onlySteps && Mnist.Find(directory, "MNIST of distributed-accuracy") is { } files)
        {
            CompareMnist(verdict, launcher, Path.GetDirectoryName(files.TrainImages)!, ranks);
        }

        return verdict.ExitCode;
    }

    private static void CompareSteps(Verdict verdict, string launcher, IEnumerable<int> ranks)
    {
        string[] arguments = [RankCommand.Name, "--rows", "60000", "--batch", "2000", "--epochs", "1", "--hard"];
        var one = MpiProgram.Run<RankFigures>(launcher, 1, arguments);
        foreach (var count in ranks)
        {
            var difference = Math.Abs(MpiProgram.Run<RankFigures>(launcher, count, arguments).Losses[0] - one.Losses[0]);
            verdict.Expect(
                difference <= MaxDifferenceOfSteps,
                FormattableString.Invariant($"30 steps with dropout, noise and clipping on {count} processes: the mean loss within ")
                + FormattableString.Invariant($"{MaxDifferenceOfSteps} of that on one: {difference:E1}"));
        }
    }

    private static void CompareMnist(Verdict verdict, string launcher, string folder, int[] ranks)
    {
        string[] arguments = [RankCommand.Name, "--mnist", "--data", folder, "--epochs", "3"];
        var one = MpiProgram.Run<RankFigures>(launcher, 1, arguments);
        foreach (var count in ranks)
        {
            var several = MpiProgram.Run<RankFigures>(launcher, count, arguments);
            for (var epoch = 0; epoch < MaxDifferenceOfEpoch.Length; epoch++)
            {
                var difference = Math.Abs((several.Losses[epoch] / one.Losses[epoch]) - 1);
                verdict.Expect(
                    difference <= MaxDifferenceOfEpoch[epoch],
                    FormattableString.Invariant($"MNIST on {count} processes, epoch {epoch + 1}: the training loss within ")
                    + FormattableString.Invariant($"{MaxDifferenceOfEpoch[epoch]:P1} of that on one: {difference:P2}"));
            }

            verdict.Expect(
                Math.Abs(several.Accuracy - one.Accuracy) <= MaxDifferenceOfAccuracy,
                FormattableString.Invariant($"MNIST on {count} processes: the test accuracy within {MaxDifferenceOfAccuracy:P1} of that ")
                + FormattableString.Invariant($"on one, {one.Accuracy:F4}: {several.Accuracy:F4}"));
        }
    }
}
