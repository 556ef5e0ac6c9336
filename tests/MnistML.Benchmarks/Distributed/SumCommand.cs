using System.CommandLine;
using System.Diagnostics;

namespace MnistML.Benchmarks.Distributed;

/// <summary>One process of a group that sums floats again and again, which <see cref="MachinesCommand"/> starts.</summary>
internal static class SumCommand
{
    public const string Name = "distributed-sum";

    private const int WarmUps = 3;
    private const double Milliseconds = 1e3;

    public static Command Create()
    {
        var bytes = new Option<int[]>("--bytes") { AllowMultipleArgumentsPerToken = true };
        var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 15 };
        var command = new Command(Name, "One process of a group that sums") { bytes, rounds };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            MpiGroup.Run(group =>
            {
                // TCP learns slowly how much a connection holds.
                Measure(group, parsed.GetValue(bytes)!.Max(), rounds: WarmUps);
                double[] medians = [.. parsed.GetValue(bytes)!.Select(count => Measure(group, count, parsed.GetValue(rounds)))];
                if (group.Rank == 0)
                {
                    OwnProcess.Print(new SumFigures(medians));
                }
            });
            return 0;
        });
        return command;
    }

    private static double Measure(MpiGroup group, int bytes, int rounds)
    {
        var values = new float[bytes / sizeof(float)];
        var found = new List<double>();
        for (var round = 0; round < rounds + WarmUps; round++)
        {
            group.Sum(new double[1]); // all begin together
            var start = Stopwatch.GetTimestamp();
            group.Sum(values);
            found.Add(Stopwatch.GetElapsedTime(start).TotalSeconds * Milliseconds);
        }

        return Statistics.Median(found.Skip(WarmUps));
    }
}

/// <summary>What the first process prints: the median milliseconds of a sum, by size.</summary>
internal sealed record SumFigures(double[] Milliseconds);
