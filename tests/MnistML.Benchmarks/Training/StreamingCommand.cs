using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using MnistML.Datasets;

namespace MnistML.Benchmarks.Training;

/// <summary>
/// Trains on more rows than the cache holds, and on the same rows in memory. It measures how much memory the first takes, and compares
/// their speeds.
/// </summary>
internal static class StreamingCommand
{
    private const int Pixels = 784;
    private const int DrawnImages = 20_000;
    private const long Mebibyte = 1 << 20;
    private const double MinRatio = 0.8;

    /// <summary>The memory that .NET, ML.NET and libtorch take beside the rows. It is far less than that of the rows.</summary>
    private const long MaxMebibytesBesideCache = 768;

    public static Command Create()
    {
        var rows = new Option<int>("--rows") { Description = "Synthetic digits of 784 bytes each", DefaultValueFactory = _ => 3_000_000 };
        var cache = new Option<int>("--cache")
        {
            Description = "MaxCacheBytes of the streaming side, in MiB",
            DefaultValueFactory = _ => 256,
        };
        var rounds = new Option<int>("--rounds") { Description = "Trainings of each side, in turn", DefaultValueFactory = _ => 1 };
        var check = new Option<bool>("--check") { Description = "Fail on a ratio that is too low, not only on memory" };
        var command = new Command("streaming", "Train on more rows than the cache holds: memory, and speed against the same rows in memory")
        {
            rows, cache, rounds, check,
        };
        command.SetAction(parsed => Run(parsed.GetValue(rows), parsed.GetValue(cache), parsed.GetValue(rounds), parsed.GetValue(check)));
        return command;
    }

    private static int Run(int rows, int cacheMebibytes, int rounds, bool check)
    {
        var verdict = new Verdict(check);
        var folder = Directory.CreateTempSubdirectory("mnistml-streaming-");
        try
        {
            var (images, labels) = WriteDigits(folder.FullName, rows);
            var (streamed, held) = (new List<double>(), new List<double>());
            for (var round = 1; round <= rounds; round++)
            {
                using var peak = new PeakAnonymousMemory();
                streamed.Add(Train(images, labels, cacheMebibytes * Mebibyte));
                var bound = cacheMebibytes + MaxMebibytesBesideCache;
                if (round == 1 && peak.Read() is { } bytes)
                {
                    var found = bytes / Mebibyte;
                    verdict.Expect(
                        found < bound,
                        Text($"{rows:N0} rows through {cacheMebibytes} MiB: anonymous memory under {bound} MiB: {found} MiB"));
                }

                held.Add(Train(images, labels, long.MaxValue));
            }

            var (streaming, inMemory) = (Statistics.Median(streamed), Statistics.Median(held));
            var ratio = streaming / inMemory;
            verdict.ExpectSpeed(
                ratio >= MinRatio,
                Text($"streamed at least {MinRatio} as fast as in memory: ")
                    + Text($"{streaming:N0} and {inMemory:N0} rows a second, ratio {ratio:F2}"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        return verdict.ExitCode;
    }

    /// <summary>Rows a second in an epoch of the default recipe.</summary>
    private static double Train(string images, string labels, long maxCacheBytes)
    {
        var mlContext = new MLContext(seed: 1);
        var data = mlContext.Data.LoadFromIdx(images, labels);
        var options = MlpRecipes.Images with { MaxEpochs = 1, MaxCacheBytes = maxCacheBytes };
        var trainer = mlContext.MulticlassClassification.Trainers.Mlp(mlContext, options);
        using var model = trainer.Fit(data);
        return model.History[0].RowsPerSecond;
    }

    /// <summary>Writes drawn digits again and again, until there are enough.</summary>
    private static (string Images, string Labels) WriteDigits(string folder, int rows)
    {
        var drawn = SyntheticDigits.Write(folder, DrawnImages, testCount: 1, seed: 1);
        var (images, labels) = (Path.Combine(folder, "images"), Path.Combine(folder, "labels"));
        Repeat(drawn.TrainImages, images, rows, Pixels);
        Repeat(drawn.TrainLabels, labels, rows, itemSize: 1);
        return (images, labels);
    }

    private static void Repeat(string source, string target, int rows, int itemSize)
    {
        var file = File.ReadAllBytes(source);
        var headerLength = file.Length - (DrawnImages * itemSize);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4), rows); // the number of items follows the four bytes of the magic number
        using var stream = File.Create(target);
        stream.Write(file, 0, headerLength);
        for (var left = rows; left > 0; left -= DrawnImages)
        {
            stream.Write(file, headerLength, Math.Min(left, DrawnImages) * itemSize);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
