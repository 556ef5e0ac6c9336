using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Datasets;

namespace MnistML.Benchmarks.Loading;

/// <summary>Measures how fast IDX files are read as floats, alone and against NumPy, and what reading a row allocates.</summary>
internal static class LoadingCommand
{
    private const double MinGigabytesPerSecond = 1.5;

    public static Command Create()
    {
        var data = Mnist.DirectoryOption();
        var rounds = new Option<int>("--rounds") { Description = "Measurements of each, in turn", DefaultValueFactory = _ => 5 };
        var check = new Option<bool>("--check") { Description = "Fail on a speed that is too low, not only on allocations" };
        var command = new Command("loading", "Measure reading: gzip against NumPy, raw files, allocations per row") { data, rounds, check };
        command.SetAction(parsed => Mnist.Find(parsed.GetValue(data), "loading") is { } files
            ? Run(files, parsed.GetValue(rounds), parsed.GetValue(check))
            : 0);
        return command;
    }

    private static int Run(MnistFiles files, int rounds, bool check)
    {
        var verdict = new Verdict(check);
        var folder = Directory.CreateTempSubdirectory("mnistml-loading-");
        try
        {
            var rawPath = Unpack(files.TrainImages, Path.Combine(folder.FullName, "raw"));
            CompareWithNumPy(files, rounds, verdict);
            MeasureRaw(rawPath, files.TrainLabels, rounds, verdict);
            foreach (var (name, path) in new[] { ("raw", rawPath), ("gzip", files.TrainImages) })
            {
                CountAllocations(name, path, files.TrainLabels, random: null, verdict);
                CountAllocations($"{name}, shuffled", path, files.TrainLabels, new Random(1), verdict);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return verdict.ExitCode;
    }

    /// <summary>Opens both gzip files and passes over features and labels once. In turn, NumPy reads the same floats.</summary>
    private static void CompareWithNumPy(MnistFiles files, int rounds, Verdict verdict)
    {
        using var numPy = NumPyLoader.TryStart(files);
        if (numPy is null)
        {
            Console.WriteLine("The comparison with NumPy is left out: /usr/bin/python3 has no numpy.");
            return;
        }

        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = -1; round < rounds; round++)
        {
            var ourSeconds = Seconds(() => Pass(Load(files.TrainImages, files.TrainLabels), random: null));
            var theirSeconds = numPy.MeasureSeconds();

            // The first round warms both up.
            if (round >= 0)
            {
                ours.Add(ourSeconds);
                theirs.Add(theirSeconds);
            }
        }

        var (our, their) = (Statistics.Median(ours), Statistics.Median(theirs));
        var ratio = our / their;
        verdict.ExpectSpeed(
            ratio <= 1,
            Text($"gzip to floats takes no longer than NumPy: {our:F3} s against {their:F3} s, ratio {ratio:F2} (medians of {rounds})"));
    }

    private static void MeasureRaw(string imagesPath, string labelsPath, int rounds, Verdict verdict)
    {
        var view = Load(imagesPath, labelsPath);
        var bytes = (double)view.GetRowCount()!.Value * ((VectorDataViewType)view.Schema["Features"].Type).Size * sizeof(float);
        var rates = Enumerable.Range(0, rounds + 1).Select(_ => bytes / Seconds(() => Pass(view, random: null)) / 1e9).Skip(1);
        var rate = Statistics.Median(rates);
        verdict.ExpectSpeed(
            rate > MinGigabytesPerSecond,
            Text($"raw file above {MinGigabytesPerSecond} GB/s of floats: {rate:F2} GB/s (median of {rounds})"));
    }

    private static void CountAllocations(string name, string imagesPath, string labelsPath, Random? random, Verdict verdict)
    {
        var view = Load(imagesPath, labelsPath);
        using var cursor = view.GetRowCursor(view.Schema, random);
        var getImage = cursor.GetGetter<VBuffer<byte>>(view.Schema["Image"]);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]);
        var getLabel = cursor.GetGetter<uint>(view.Schema["Label"]);
        VBuffer<byte> image = default;
        VBuffer<float> features = default;
        uint label = 0;

        Read(1_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(50_000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        verdict.Expect(allocated == 0, $"nothing allocated per row ({name}): {allocated} bytes in 50,000 rows");

        void Read(int count)
        {
            for (var row = 0; row < count && cursor.MoveNext(); row++)
            {
                getImage(ref image);
                getFeatures(ref features);
                getLabel(ref label);
            }
        }
    }

    private static IDataView Load(string imagesPath, string labelsPath) => new MLContext().Data.LoadFromIdx(imagesPath, labelsPath);

    private static void Pass(IDataView view, Random? random)
    {
        var (features, label) = (view.Schema["Features"], view.Schema["Label"]);
        using var cursor = view.GetRowCursor([features, label], random);
        var getFeatures = cursor.GetGetter<VBuffer<float>>(features);
        var getLabel = cursor.GetGetter<uint>(label);
        VBuffer<float> values = default;
        uint key = 0;
        while (cursor.MoveNext())
        {
            getFeatures(ref values);
            getLabel(ref key);
        }
    }

    private static double Seconds(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    }

    private static string Unpack(string gzipPath, string rawPath)
    {
        using var packed = File.OpenRead(gzipPath);
        using var unpacked = new GZipStream(packed, CompressionMode.Decompress);
        using var raw = File.Create(rawPath);
        unpacked.CopyTo(raw);
        return rawPath;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
