using System.CommandLine;
using System.Diagnostics;
using MnistML.Benchmarks.Fuzz.Idx;
using MnistML.Benchmarks.Fuzz.Models;

namespace MnistML.Benchmarks.Fuzz;

/// <summary>
/// Loads spoilt files. Whatever is in them, the loader either reads them or throws one of the exceptions that it promises, with the file's name in the message; it
/// takes little memory and little time.
/// </summary>
internal static class FuzzCommand
{
    private const int ProgressInterval = 10_000;
    private const long MaxLeakedBytes = 16 << 20;

    /// <summary>By then all is compiled, errors too.</summary>
    private const int SettledAfter = 2_000;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(5);

    public static Command CreateForIdx() =>
        Create("fuzz", "Load spoilt IDX files, and check that nothing but the promised errors comes of it", count: 200_000, folder => new IdxTarget(folder));

    public static Command CreateForModels() => Create(
        "fuzz-models", "Load spoilt models, zip, ONNX and safetensors, and check that nothing but the promised errors comes of it", count: 30_000, folder => new ModelTarget(folder));

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
        var folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"mnistml-fuzz-{Environment.ProcessId}"));
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
        long mostAllocated = 0;
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

            mostAllocated = Math.Max(mostAllocated, outcome.AllocatedBytes);
            if ((index + 1) % ProgressInterval == 0)
            {
                Console.WriteLine($"{index + 1:N0} {target.Things}, {accepted:N0} accepted, {failures} broken promises, {(index + 1) / watch.Elapsed.TotalSeconds:N0} a second");
            }
        }

        var leaked = AnonymousBytes() - memory;
        var verdict = new Verdict();
        verdict.Expect(failures == 0, $"{count:N0} {target.Things}: {accepted:N0} accepted, {count - accepted - failures:N0} refused as promised, {failures} otherwise");
        verdict.Expect(mostAllocated <= target.MaxAllocatedBytes, $"one load allocated {mostAllocated >> 20} MiB at most; {target.MaxAllocatedBytes >> 20} are allowed");
        verdict.Expect(leaked < MaxLeakedBytes, $"after all of them the process held {leaked >> 20} MiB more anonymous memory than after the first {Math.Min(count, SettledAfter):N0}");
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

    /// <summary>The same in every run, which System.HashCode is not.</summary>
    private static Random RandomOf(int seed, int index) => new(unchecked((seed * 1_000_003) ^ (index * 7_919)));

    /// <summary>What the process keeps for itself, files and garbage apart; 0 where the system does not say.</summary>
    private static long AnonymousBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return AnonymousMemory.Read() ?? 0;
    }
}
