using System.CommandLine;
using System.Globalization;

namespace MnistML.Benchmarks.Distributed;

/// <summary>
/// The speed of two processes of one thread each beside that of one process of one thread, and what a group of a single process costs. All
/// are measured in turn, with real-time priority where the system gives it, since processes that wait for each other are slowed by all
/// other work of the machine.
/// </summary>
internal static class DistributedCommand
{
    private const int JudgedBatch = 2048;
    private const int SmallBatch = 256;
    private const double MinRatio = 1.5;
    private const double AimedRatio = 1.6;
    private const double MaxOverhead = 1.15;

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Trainings of each side, in turn", DefaultValueFactory = _ => 5 };
        var rows = new Option<int>("--rows") { Description = "Rows of 784 features", DefaultValueFactory = _ => 40_960 };
        var batches = new Option<int[]>("--batches")
        {
            Description = "Rows of a batch, of all processes together",
            DefaultValueFactory = _ => [JudgedBatch, 1024, SmallBatch],
            AllowMultipleArgumentsPerToken = true,
        };
        var check = new Option<bool>("--check") { Description = "Fail on a ratio that is too low" };
        var command = new Command("distributed", "Two processes of one thread beside one of one thread, over Open MPI on this machine")
        {
            rounds, rows, batches, check,
        };
        command.SetAction(parsed =>
            Run(parsed.GetValue(rounds), parsed.GetValue(rows), parsed.GetValue(batches)!, parsed.GetValue(check)));
        return command;
    }

    private static int Run(int rounds, int rows, int[] batches, bool check)
    {
        if (MpiProgram.FindLauncher("distributed") is not { } launcher)
        {
            return 0;
        }

        // On a single core a process that waits would keep the one that it waits for from running.
        Console.WriteLine(Environment.ProcessorCount > 1 && RealTimePriority.TryTake(RealTimePriority.Computing)
            ? "All sides run with real-time priority, before other work of this machine."
            : "There is no real-time priority here: other work of the machine lowers the figures of two processes.");
        var verdict = new Verdict(check);
        foreach (var batch in batches)
        {
            foreach (var precision in Enum.GetValues<MlpPrecision>().Where(precision => precision != MlpPrecision.Auto))
            {
                Measure(verdict, launcher, rounds, rows, batch, precision);
            }
        }

        return verdict.ExitCode;
    }

    private static void Measure(Verdict verdict, string launcher, int rounds, int rows, int batch, MlpPrecision precision)
    {
        string[] arguments = [RankCommand.Name, "--rows", $"{rows}", "--batch", $"{batch}", "--precision", $"{precision}"];
        var (alone, one, two) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            alone.Add(OwnProcess.Run<RankFigures>([.. arguments, "--alone"]).RowsPerSecond);
            one.Add(MpiProgram.Run<RankFigures>(launcher, 1, arguments).RowsPerSecond);
            two.Add(MpiProgram.Run<RankFigures>(launcher, 2, arguments).RowsPerSecond);
        }

        var (ofAlone, ofOne, ofTwo) = (Statistics.Median(alone), Statistics.Median(one), Statistics.Median(two));
        var figures = string.Create(
            CultureInfo.InvariantCulture,
            $"batch {batch}, {precision}: alone {ofAlone:F0} rows/s, a group of one {ofOne:F0}, of two {ofTwo:F0}; two are "
            + $"{ofTwo / ofAlone:F2} times as fast, a group of one takes {ofAlone / ofOne:F2} times the time");
        if (precision == MlpPrecision.Single && batch == JudgedBatch)
        {
            verdict.ExpectSpeed(ofTwo / ofAlone >= MinRatio, Text($"at least {MinRatio} times (aim {AimedRatio}); {figures}"));
        }
        else if (precision == MlpPrecision.Single && batch == SmallBatch)
        {
            verdict.ExpectSpeed(ofAlone / ofOne <= MaxOverhead, Text($"a group of one takes at most {MaxOverhead} times; {figures}"));
        }
        else
        {
            Console.WriteLine($"        {figures}");
        }
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
