using System.CommandLine;
using System.Diagnostics;
using MnistML.Benchmarks.Fuzz.Idx;
using MnistML.Benchmarks.Fuzz.Models;

namespace MnistML.Benchmarks.Fuzz;

/// <summary>
/// Loads spoilt files. The loader either reads a file or throws one of the documented exceptions, with the file's name in the message. It
/// takes little memory and little time.
/// </summary>
internal static class FuzzCommand
{
    private const int ProgressInterval = 10_000;
    private const long MaxLeakedBytes = 16 << 20;

    /// <summary>By then all code is compiled, including the handling of errors.</summary>
    private const int SettledAfter = 2_000;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    public static Command CreateForIdx() => Create(
        "fuzz",
        "Load spoilt IDX files, and check that only documented errors come of it",
        count: 200_000,
        folder => new IdxTarget(folder));

    public static Command CreateForModels() => Create(
        "fuzz-models",
        "Load spoilt models (zip, ONNX, safetensors), and check that only documented errors come of it",
        count: 30_000,
        folder => new ModelTarget(folder));

    private static Command Create(string name, string description, int count, Func<string, FuzzTarget> open)
    {
        var files = new Option<int>("--files") { Description = "Number of spoilt files", DefaultValueFactory = _ => count };
        var seed = new Option<int>("--seed") { Description = "Where the random numbers begin", DefaultValueFactory = _ => 1 };
        var only = new Option<int?>("--only") { Description = "Load this one alone, and keep it in the current folder" };
        var command = new Command(name, description) { files, seed, only };
        command.SetAction(parsed => parsed.GetValue(only) is { } index
            ? RunOne(open, parsed.GetValue(seed), index)
            : Run(name, open, parsed.GetValue(files), parsed.GetValue(seed)));
        return command;
    }

    private static int Run(string name, Func<string, FuzzTarget> open, int count, int seed)
    {
        var parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var folder = Directory.CreateDirectory(Path.Combine(parent, $"mnistml-fuzz-{Environment.ProcessId}"));
        try
        {
            using var target = open(folder.FullName);
            return Run(name, target, count, seed);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static int Run(string name, FuzzTarget target, int count, int seed)
    {
        var (accepted, failures) = (0, 0);
        long maxAllocated = 0;
        target.WarmUp();
        var memory = AnonymousBytes();
        var watch = Stopwatch.StartNew();
        for (var index = 0; index < count; index++)
        {
            if (index == SettledAfter)
            {
                memory = AnonymousBytes();
            }

            var random = RandomOf(seed, index);
            var loading = Task.Run(() => target.Load(random));
            var outcome = loading.Wait(MaxTime)
                ? loading.Result
                : new Outcome(IsPromised: false, IsAccepted: false, $"took more than {MaxTime.TotalSeconds} s", AllocatedBytes: 0);
            if (outcome.AllocatedBytes > target.MaxAllocatedBytes)
            {
                outcome = outcome with { IsPromised = false, What = $"allocated {outcome.AllocatedBytes >> 20} MiB: {outcome.What}" };
            }

            if (!outcome.IsPromised)
            {
                failures++;
                Console.WriteLine($"BROKEN  {name} --seed {seed} --only {index}: {outcome.What}");
            }
            else if (outcome.IsAccepted)
            {
                accepted++;
            }

            maxAllocated = Math.Max(maxAllocated, outcome.AllocatedBytes);
            if ((index + 1) % ProgressInterval == 0)
            {
                var rate = (index + 1) / watch.Elapsed.TotalSeconds;
                Console.WriteLine(
                    $"{index + 1:N0} {target.Things}, {accepted:N0} accepted, {failures} broken promises, {rate:N0} a second");
            }
        }

        var leaked = AnonymousBytes() - memory;
        var refused = count - accepted - failures;
        var settled = Math.Min(count, SettledAfter);
        var verdict = new Verdict();
        verdict.Expect(
            failures == 0, $"{count:N0} {target.Things}: {accepted:N0} accepted, {refused:N0} refused as promised, {failures} otherwise");
        verdict.Expect(
            maxAllocated <= target.MaxAllocatedBytes,
            $"one load allocated {maxAllocated >> 20} MiB at most; {target.MaxAllocatedBytes >> 20} are allowed");
        verdict.Expect(
            leaked < MaxLeakedBytes,
            $"after all of them the process held {leaked >> 20} MiB more anonymous memory than after the first {settled:N0}");
        target.CheckAfterwards(verdict);
        return verdict.ExitCode;
    }

    private static int RunOne(Func<string, FuzzTarget> open, int seed, int index)
    {
        using var target = open(Environment.CurrentDirectory);
        var outcome = target.Load(RandomOf(seed, index));
        Console.WriteLine($"{outcome.What}{Environment.NewLine}{outcome.AllocatedBytes >> 20} MiB allocated");
        return outcome.IsPromised ? 0 : 1;
    }

    /// <summary>A generator that is the same in every run; System.HashCode is not.</summary>
    private static Random RandomOf(int seed, int index) => new(unchecked((seed * 1_000_003) ^ (index * 7_919)));

    /// <summary>The memory of the process without files and garbage, in bytes. It is 0 where the system does not report it.</summary>
    private static long AnonymousBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return AnonymousMemory.Read() ?? 0;
    }
}
