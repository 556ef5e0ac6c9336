using System.CommandLine;
using System.Globalization;

namespace MnistML.Benchmarks.Distributed;

/// <summary>
/// Machines with a cable of 1 Gbit/s and a delay of 1 ms, simulated on this one: sums beside the time that is computed for them, and a
/// training beside the same over shared memory.
/// </summary>
internal static class MachinesCommand
{
    private const double DelaySeconds = 1e-3;
    private const double BitsPerSecond = 1e9;
    private const double BitsInByte = 8;
    private const double Tolerance = 0.3;
    private const double MillisecondsInSecond = 1e3;

    /// <summary>A long message makes three trips, two of them to agree on its transfer, and a sum takes two rounds of messages.</summary>
    private const int TripsOfSum = 6;

    /// <summary>The trips of the short sums of a normalised layer, forward and backward.</summary>
    private const int TripsOfNormalizedLayer = 4;

    /// <summary>
    /// Open MPI's choice (<c>btl_tcp_flags</c>) to send a long message in one stream. By default the receiver asks for one part after the
    /// other, and each waits for the cable's delay.
    /// </summary>
    private const string OnlySend = "1";

    private const int BatchSize = 2048;
    private const int NormalizedLayers = 2;
    private const double GradientBytes = 2_147_000;

    /// <summary>Networks of the table: a name, seconds of delay, bits a second.</summary>
    private static readonly (string Name, double Delay, double Bits)[] Networks =
    [
        ("1 Gbit/s, 0.1 ms", 1e-4, 1e9),
        ("10 Gbit/s, 0.05 ms", 5e-5, 1e10),
        ("100 Gbit/s, 0.002 ms", 2e-6, 1e11),
    ];

    private static readonly int[] Sizes = [500_000, 2_147_000, 8_000_000];

    public static Command Create()
    {
        var rounds = new Option<int>("--rounds") { Description = "Sums of each size", DefaultValueFactory = _ => 15 };
        var rows = new Option<int>("--rows") { Description = "Rows of the training", DefaultValueFactory = _ => 20_480 };
        var check = new Option<bool>("--check") { Description = "Fail on a time that is not the computed one" };
        var command = new Command("machines", "Two simulated machines, 1 ms and 1 Gbit/s apart: sums, and a training")
        {
            rounds, rows, check,
        };
        command.SetAction(parsed => Run(parsed.GetValue(rounds), parsed.GetValue(rows), parsed.GetValue(check)));
        return command;
    }

    private static int Run(int rounds, int rows, bool check)
    {
        if (MpiProgram.FindLauncher("machines") is not { } launcher || !SimulatedNetwork.IsPossible("machines"))
        {
            return 0;
        }

        var verdict = new Verdict(check);
        var folder = Directory.CreateTempSubdirectory("mnistml-machines-");
        try
        {
            const int Machines = 2;
            using var network = new SimulatedNetwork(Machines, DelaySeconds, BitsPerSecond);
            string[] overNetwork =
            [
                "--mca", "plm_rsh_agent", network.WriteAgent(folder.FullName), "-H", network.Hosts, "--mca", "btl", "self,tcp",
                "--mca", "btl_tcp_if_include", "10.77.0.0/24", "--mca", "oob_tcp_if_include", "10.77.0.0/24", "--mca",
                "btl_tcp_flags", OnlySend,
            ];
            string[] prefix = ["netns", "exec", network.NamespaceOf(0), launcher];
            string[] summing = [SumCommand.Name, "--rounds", $"{rounds}", "--bytes", .. Sizes.Select(size => $"{size}")];
            var sums = MpiProgram.Run<SumFigures>("ip", prefix, Machines, overNetwork, summing);
            foreach (var (size, found) in Sizes.Zip(sums.Milliseconds))
            {
                var computed = SecondsOfSum(size, Machines, DelaySeconds, BitsPerSecond) * MillisecondsInSecond;
                verdict.ExpectSpeed(
                    Math.Abs((found / computed) - 1) <= Tolerance,
                    string.Create(
                        CultureInfo.InvariantCulture, $"a sum of {size / 1e6:F1} MB takes the computed {computed:F1} ms: {found:F1} ms"));
            }

            string[] training = [RankCommand.Name, "--rows", $"{rows}", "--batch", $"{BatchSize}", "--epochs", "3"];
            var near = MpiProgram.Run<RankFigures>(launcher, [], Machines, [], training);
            var far = MpiProgram.Run<RankFigures>("ip", prefix, Machines, overNetwork, training);
            verdict.Expect(far.Hash == near.Hash, "a training over the network ends with the bits of one over shared memory");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"        a step of {BatchSize} rows: {Milliseconds(near):F1} ms over shared memory, {Milliseconds(far):F1} ms over the "
                + $"network"));
            WriteTable(Milliseconds(OwnProcess.Run<RankFigures>([.. training, "--alone"])));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return verdict.ExitCode;
    }

    private static double Milliseconds(RankFigures figures) => BatchSize / figures.RowsPerSecond * MillisecondsInSecond;

    /// <summary>What steps would take on up to 64 machines, computed, not measured.</summary>
    /// <param name="alone">The milliseconds of a step on one machine.</param>
    private static void WriteTable(double alone)
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"        computed milliseconds of a step of {BatchSize} rows, and how many times as fast, where one takes {alone:F1}:"));
        foreach (var (name, delay, bits) in Networks)
        {
            var cells = new[] { 2, 4, 8, 16, 32, 64 }.Select(machines =>
            {
                var wait = SecondsOfSum(GradientBytes, machines, delay, bits)
                    + (TripsOfNormalizedLayer * NormalizedLayers * delay * Math.Log2(machines));
                var step = (alone / machines) + (wait * MillisecondsInSecond);
                return string.Create(CultureInfo.InvariantCulture, $"{machines}: {step:F1} ms, {alone / step:F1} times");
            });
            Console.WriteLine($"        {name}: {string.Join("; ", cells)}");
        }
    }

    /// <summary>Each process sends its part of the values to the others, and gets theirs of the sum.</summary>
    private static double SecondsOfSum(double bytes, int machines, double delay, double bits) =>
        (2 * bytes * (machines - 1) / machines * BitsInByte / bits) + (TripsOfSum * delay * Math.Log2(machines));
}
