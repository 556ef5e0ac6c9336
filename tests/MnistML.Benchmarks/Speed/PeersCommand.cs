using System.CommandLine;
using System.Globalization;
using MnistML.Datasets;

namespace MnistML.Benchmarks.Speed;

/// <summary>
/// Runs the console sample and the PyTorch programs in turn, as whole processes, and compares seconds an epoch, seconds in all, memory and
/// accuracy.
/// </summary>
internal static class PeersCommand
{
    private const string Classic = "classic";
    private const string TensorLoop = "tensor_loop.py";
    private const string SeedRecipe = "seed_recipe.py";

    /// <summary>The epochs of the recipe. If a run has fewer, the time of its epochs is scaled up to these.</summary>
    private const int WholeEpochs = 20;

    /// <summary>The one-cycle run that the fast recipe is compared with.</summary>
    private const string CycleEpochs = "3";

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var pytorch = new Option<string?>("--pytorch")
        {
            Description = $"Folder of {SeedRecipe} and {TensorLoop}; left out without it",
            HelpName = "PATH",
        };
        var rounds = new Option<int>("--rounds")
        {
            Description = "Runs of each program, in turn, by the seeds 1, 2, …",
            DefaultValueFactory = _ => 3,
        };
        var epochs = new Option<int>("--epochs")
        {
            Description = "Epochs of the classic recipe on both sides",
            DefaultValueFactory = _ => WholeEpochs,
        };
        var json = new Option<string?>("--json") { Description = "Write the figures to this file", HelpName = "FILE" };
        var check = new Option<bool>("--check") { Description = "Fail on a ratio that is too high" };
        var command = new Command("peers", "Compare the console sample with PyTorch, as whole processes in turn")
        {
            data, pytorch, rounds, epochs, json, check,
        };
        command.SetAction(parsed =>
        {
            if (Mnist.Find(parsed.GetValue(data), "peers") is not { } files)
            {
                return 0;
            }

            var (epochCount, jsonPath, isChecked) = (parsed.GetValue(epochs), parsed.GetValue(json), parsed.GetValue(check));
            return Run(files, parsed.GetValue(pytorch), parsed.GetValue(rounds), epochCount, jsonPath, isChecked);
        });
        return command;
    }

    private static int Run(MnistFiles files, string? pytorch, int rounds, int epochs, string? jsonPath, bool check)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(files.TrainImages))!;
        var runs = new Dictionary<string, List<MeasuredRun>>();
        for (var seed = 1; seed <= rounds; seed++)
        {
            foreach (var peer in OursOf(directory, epochs, seed).Concat(TheirsOf(pytorch, directory, epochs)))
            {
                Console.Error.WriteLine($"round {seed} of {rounds}: {peer.Name}");
                if (!runs.TryGetValue(peer.Name, out var ofPeer))
                {
                    runs.Add(peer.Name, ofPeer = []);
                }

                ofPeer.Add(peer.Run());
            }
        }

        var figures = runs.ToDictionary(entry => entry.Key, entry => new PeerFigures(entry.Key, entry.Value));
        var (machine, threads) = (Machine.Current, MlpRecipes.Fast.ChooseThreadCount());
        Console.WriteLine(
            $"{machine.Processor}, {machine.Cores} processors, {threads} threads of ours, "
            + $"{rounds} rounds, {epochs} epochs of the classic recipe");
        Console.WriteLine($"{"",-30} {"epoch",7} {"least",7} {"whole",8} {"least",8} {"MiB",7} {"accuracy",8}");
        foreach (var figure in figures.Values)
        {
            Console.WriteLine(figure.ToRow());
        }

        var verdict = new Verdict(check);
        ExpectAccuracy(figures["fast"], verdict);
        var ratios = figures.ContainsKey(TensorLoop) ? Compare(figures, epochs, verdict) : [];
        Report.Write(jsonPath, new
        {
            Machine = machine,
            Threads = threads,
            Rounds = rounds,
            Epochs = epochs,
            Programs = figures.Values,
            Ratios = ratios,
        });
        return verdict.ExitCode;
    }

    private static IEnumerable<Peer> OursOf(string directory, int epochs, int seed)
    {
        string[] common = ["--seed", $"{seed}"];
        string[] classic = ["--recipe", Classic, "--epochs", $"{epochs}", .. common];
        yield return new Peer.Sample("classic, single", directory, [.. classic, "--precision", "single"]);
        yield return new Peer.Sample("classic, auto", directory, [.. classic, "--precision", "auto"]);
        yield return new Peer.Sample("fast", directory, common);
    }

    private static IEnumerable<Peer> TheirsOf(string? pytorch, string directory, int epochs)
    {
        if (pytorch is null || !Peer.PyTorch.CanImport("torch"))
        {
            Console.WriteLine($"PyTorch is left out: {(pytorch is null ? "--pytorch is not given" : "/usr/bin/python3 has no torch")}.");
            yield break;
        }

        yield return new Peer.PyTorch(TensorLoop, Path.Combine(pytorch, TensorLoop), directory, $"{epochs}");
        yield return new Peer.PyTorch($"{TensorLoop} onecycle", Path.Combine(pytorch, TensorLoop), directory, CycleEpochs, "onecycle");
        if (Peer.PyTorch.CanImport("torchvision"))
        {
            yield return new Peer.PyTorch(SeedRecipe, Path.Combine(pytorch, SeedRecipe), directory, $"{epochs}");
        }
        else
        {
            Console.WriteLine($"{SeedRecipe} is left out: /usr/bin/python3 has no torchvision.");
        }
    }

    private static void ExpectAccuracy(PeerFigures fast, Verdict verdict)
    {
        const double MinAccuracy = 0.98;
        var accuracies = string.Join(", ", fast.Runs.Select(run => Text($"{run.Accuracy:F4}")));
        verdict.Expect(
            fast.LeastAccuracy >= MinAccuracy, Text($"fast: at least {MinAccuracy} on the test set for each seed: {accuracies}"));
    }

    private static Dictionary<string, double> Compare(Dictionary<string, PeerFigures> figures, int epochs, Verdict verdict)
    {
        var ratios = new Dictionary<string, double>();
        var (single, auto, fast, loop, cycle) =
            (figures["classic, single"], figures["classic, auto"], figures["fast"], figures[TensorLoop], figures[$"{TensorLoop} onecycle"]);
        Expect("classic in single, epoch, to the tensor loop", single.MedianEpochSeconds / loop.MedianEpochSeconds, 1);
        Expect("classic in auto, epoch, to the tensor loop", auto.MedianEpochSeconds / loop.MedianEpochSeconds, 0.6);
        Expect("fast, whole, to 3 epochs of the tensor loop by one cycle", fast.MedianWholeSeconds / cycle.MedianWholeSeconds, 0.85);
        ExpectMemory("classic in auto, peak memory, to the tensor loop", auto.MedianPeakMebibytes / loop.MedianPeakMebibytes, 0.8);
        if (figures.TryGetValue(SeedRecipe, out var original))
        {
            // The time of a run outside of its epochs is counted once.
            var whole = original.MedianWholeSeconds + ((WholeEpochs - epochs) * original.MedianEpochSeconds);
            Expect("classic in single, epoch, to the original script", single.MedianEpochSeconds / original.MedianEpochSeconds, 0.3);
            Expect("classic in auto, epoch, to the original script", auto.MedianEpochSeconds / original.MedianEpochSeconds, 0.17);
            Expect($"fast, whole, to {WholeEpochs} epochs of the original script", fast.MedianWholeSeconds / whole, 0.06);
        }

        return ratios;

        void Expect(string what, double ratio, double max)
        {
            ratios.Add(what, ratio);
            verdict.ExpectSpeed(ratio <= max, Text($"{what}: {ratio:F3}, at most {max}"));
        }

        void ExpectMemory(string what, double ratio, double max)
        {
            ratios.Add(what, ratio);
            verdict.Expect(ratio <= max, Text($"{what}: {ratio:F3}, at most {max}"));
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
