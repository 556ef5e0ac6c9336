using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;

namespace MnistML.Benchmarks.Fuzz;

/// <summary>
/// Loads spoilt files. Whatever is in them, the loader either reads them or throws one of the exceptions that it promises, with the file's name in the message; it
/// takes little memory and little time.
/// </summary>
internal static class FuzzCommand
{
    private const int ProgressInterval = 10_000;
    private const int MostRowsRead = 1_000;

    /// <summary>What unpacked files may take at most in a run: a bomb's megabytes, which the library is told to refuse beyond that.</summary>
    private const long MostUnpackedBytes = 16 << 20;
    private const long MostExtraBytes = 64 << 20;
    private const long MostLeakedBytes = 16 << 20;

    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(5);

    public static Command Create()
    {
        var files = new Option<int>("--files") { Description = "Number of spoilt files", DefaultValueFactory = _ => 200_000 };
        var seed = new Option<int>("--seed") { Description = "Where the random numbers begin", DefaultValueFactory = _ => 1 };
        var only = new Option<int?>("--only") { Description = "Load this one alone, and keep it in the current folder" };
        var command = new Command("fuzz", "Load spoilt IDX files, and check that nothing but the promised errors comes of it") { files, seed, only };
        command.SetAction(parsed => parsed.GetValue(only) is { } index
            ? RunOne(parsed.GetValue(seed), index)
            : Run(parsed.GetValue(files), parsed.GetValue(seed)));
        return command;
    }

    private static int Run(int count, int seed)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"mnistml-fuzz-{Environment.ProcessId}"));
        var (accepted, failures) = (0, 0);
        var mlContext = new MLContext();
        var watch = Stopwatch.StartNew();
        long mostAllocated = 0;
        long leaked;
        try
        {
            Load(mlContext, folder.FullName, SeedFiles.All[0]);
            var memory = AnonymousBytes();
            for (var index = 0; index < count; index++)
            {
                var pair = Pair(seed, index);
                var loaded = Task.Run(() => Load(mlContext, folder.FullName, pair));
                var inTime = loaded.Wait(MostTime);
                if (!inTime || loaded.Result is { IsPromised: false })
                {
                    failures++;
                    Console.WriteLine($"BROKEN  fuzz --seed {seed} --only {index}: {(inTime ? loaded.Result.What : $"took more than {MostTime.TotalSeconds} s")}");
                }
                else if (loaded.Result.IsAccepted)
                {
                    accepted++;
                }

                mostAllocated = inTime ? Math.Max(mostAllocated, loaded.Result.AllocatedBytes) : mostAllocated;
                if ((index + 1) % ProgressInterval == 0)
                {
                    Console.WriteLine($"{index + 1:N0} pairs of files, {accepted:N0} accepted, {failures} broken promises, {(index + 1) / watch.Elapsed.TotalSeconds:N0} a second");
                }
            }

            leaked = AnonymousBytes() - memory;
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        var verdict = new Verdict();
        verdict.Expect(failures == 0, $"{count:N0} pairs of files: {accepted:N0} accepted, {count - accepted - failures:N0} refused as promised, {failures} otherwise");
        verdict.Expect(
            mostAllocated < MostUnpackedBytes + MostExtraBytes,
            $"one load allocated {mostAllocated >> 20} MiB at most; {(MostUnpackedBytes + MostExtraBytes) >> 20} are allowed where {MostUnpackedBytes >> 20} may be unpacked");
        verdict.Expect(leaked < MostLeakedBytes, $"after all of them the process held {leaked >> 20} MiB more anonymous memory than after the first");
        return verdict.ExitCode;
    }

    private static int RunOne(int seed, int index)
    {
        var outcome = Load(new MLContext(), Environment.CurrentDirectory, Pair(seed, index));
        Console.WriteLine(outcome.What);
        return outcome.IsPromised ? 0 : 1;
    }

    private static FilePair Pair(int seed, int index)
    {
        var random = new Random(HashCode(seed, index));
        return new Mutator(random).Mutate(SeedFiles.All[random.Next(SeedFiles.All.Count)]);
    }

    /// <summary>The same in every run, which System.HashCode is not.</summary>
    private static int HashCode(int seed, int index) => unchecked((seed * 1_000_003) ^ (index * 7_919));

    private static Outcome Load(MLContext mlContext, string folder, FilePair pair)
    {
        var (imagesPath, labelsPath) = (Path.Combine(folder, "fuzz-images"), Path.Combine(folder, "fuzz-labels"));
        File.WriteAllBytes(imagesPath, pair.Images);
        File.WriteAllBytes(labelsPath, pair.Labels);
        var fromStream = Try(() => IdxFile.Read(new MemoryStream(pair.Images), imagesPath, MostUnpackedBytes), imagesPath, labelsPath);
        var fromPaths = Try(() => Read(mlContext.Data.LoadFromIdx(imagesPath, labelsPath, pair.Options with { MaxUnpackedBytes = MostUnpackedBytes })), imagesPath, labelsPath);
        var outcome = fromStream.IsPromised ? fromPaths : fromStream;
        return outcome with { AllocatedBytes = Math.Max(fromStream.AllocatedBytes, fromPaths.AllocatedBytes) };
    }

    private static Outcome Try(Action read, string imagesPath, string labelsPath)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
            return new Outcome(IsPromised: true, IsAccepted: true, "accepted", Allocated());
        }
        catch (Exception exception)
        {
            var isPromised = exception is InvalidDataException or IOException
                && (exception.Message.Contains(imagesPath, StringComparison.Ordinal) || exception.Message.Contains(labelsPath, StringComparison.Ordinal));
            return new Outcome(isPromised, IsAccepted: false, isPromised ? exception.Message : exception.ToString(), Allocated());
        }

        long Allocated() => GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>Every column of the first rows.</summary>
    private static void Read(IDataView view)
    {
        using var cursor = view.GetRowCursor(view.Schema);
        Action[] getters = [.. view.Schema.Select(column => Getter(cursor, column))];
        for (var row = 0; row < MostRowsRead && cursor.MoveNext(); row++)
        {
            foreach (var get in getters)
            {
                get();
            }
        }
    }

    private static Action Getter(DataViewRowCursor cursor, DataViewSchema.Column column) => column.Type.RawType switch
    {
        var type when type == typeof(VBuffer<byte>) => Getter<VBuffer<byte>>(cursor, column),
        var type when type == typeof(VBuffer<sbyte>) => Getter<VBuffer<sbyte>>(cursor, column),
        var type when type == typeof(VBuffer<short>) => Getter<VBuffer<short>>(cursor, column),
        var type when type == typeof(VBuffer<int>) => Getter<VBuffer<int>>(cursor, column),
        var type when type == typeof(VBuffer<float>) => Getter<VBuffer<float>>(cursor, column),
        var type when type == typeof(VBuffer<double>) => Getter<VBuffer<double>>(cursor, column),
        _ => Getter<uint>(cursor, column),
    };

    private static Action Getter<T>(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        var getter = cursor.GetGetter<T>(column);
        T value = default!;
        return () => getter(ref value);
    }

    /// <summary>What the process keeps for itself, files and garbage apart; 0 where the system does not say.</summary>
    private static long AnonymousBytes()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        const string Line = "RssAnon:";
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var kilobytes = File.ReadLines("/proc/self/status").First(line => line.StartsWith(Line, StringComparison.Ordinal))[Line.Length..].Replace("kB", "", StringComparison.Ordinal);
        return long.Parse(kilobytes, System.Globalization.CultureInfo.InvariantCulture) << 10;
    }

    private sealed record Outcome(bool IsPromised, bool IsAccepted, string What, long AllocatedBytes);
}
