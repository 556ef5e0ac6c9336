using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Samples.Pictures.Features;

namespace MnistML.Benchmarks.PictureFolders;

/// <summary>
/// The features of pictures: as the sample computes them, by ML.NET's stages, and by ONNX Runtime alone, one by one and in batches of an
/// edited graph. All in turn in one process.
/// </summary>
internal static class PictureFeaturesCommand
{
    private const int Seed = 1;
    private const double MaxDeviation = 1e-5;

    /// <summary>The sample's seconds over those of ONNX Runtime alone, the fastest of its ways, which chance favours.</summary>
    private const double MaxRatioToAlone = 1.25;
    private const double MaxRatioToStages = 0.9;

    public static Command Create()
    {
        var pictures = new Option<int>("--pictures") { Description = "Pictures", DefaultValueFactory = _ => 32 };
        var rounds = new Option<int>("--rounds") { Description = "Rounds, of which medians are taken", DefaultValueFactory = _ => 5 };
        var check = new Option<bool>("--check") { Description = "Fail on ratios of speeds too" };
        var command = new Command("picture-features", "Features of pictures by the sample, by ML.NET and by ONNX Runtime alone")
        {
            pictures, rounds, check,
        };
        command.SetAction(parsed => Run(parsed.GetValue(pictures), parsed.GetValue(rounds), new Verdict(parsed.GetValue(check))));
        return command;
    }

    private static int Run(int count, int rounds, Verdict verdict)
    {
        using var folder = new TemporaryFolder();
        string[] paths = [.. DrawnThings.Draw(count, Seed).Select(picture => picture.Write(folder.Path))];
        var mlContext = new MLContext(seed: 1);
        using var network = new PretrainedNetwork(mlContext);
        using var alone = new BatchedNetwork();
        var stages = new TransformerChain<ITransformer>(network.Stages());
        var pixels = OnAllCores(count, i => network.PixelsOf(File.ReadAllBytes(paths[i])));
        Way oneByOne = new("ONNX Runtime alone, one by one", () => alone.Run(pixels, batchSize: 1));
        Way[] batched =
        [
            .. new[] { 4, 8, 16 }.Select(size => new Way($"ONNX Runtime alone, batches of {size}", () => alone.Run(pixels, size))),
        ];
        Way sideBySide = new("the sample, a picture on each core", () => OnAllCores(count, i => network.FeaturesOf(pixels[i])));
        Way stage = new("ML.NET's stage, one by one", () => Features(stages.Last().Transform(ToData(mlContext, pixels))));
        Way sample = new("the sample, files to features", () =>
            [.. new FeatureReader(network, cache: null).Read(paths, _ => { }, default).Select(read => read.Features!)]);
        Way stock = new("ML.NET's stages, files to features", () => Features(stages.Transform(
            mlContext.Data.LoadFromEnumerable(paths.Select(path => new PicturePath { Path = path })))));
        Way[] all = [oneByOne, .. batched, sideBySide, stage, sample, stock];
        var expected = oneByOne.Compute();
        foreach (var way in all)
        {
            var deviation = LargestDeviation(way.Compute(), expected);
            verdict.Expect(deviation <= MaxDeviation, FormattableString.Invariant(
                $"{way.Name}: features as by ONNX Runtime alone, one by one, within {deviation:0.0e+0}"));
        }

        for (var round = 0; round < rounds; round++)
        {
            foreach (var way in all)
            {
                way.Measure(count);
            }
        }

        Console.WriteLine("| how | milliseconds a picture, median | least | over ONNX Runtime alone, one by one |");
        Console.WriteLine("| --- | --- | --- | --- |");
        foreach (var way in all)
        {
            Console.WriteLine(FormattableString.Invariant(
                $"| {way.Name} | {way.Median:F1} | {way.Least:F1} | {way.Median / oneByOne.Median:F2} |"));
        }

        var best = batched.Prepend(oneByOne).MinBy(way => way.Median)!;
        var ratio = sideBySide.Median / best.Median;
        verdict.ExpectSpeed(
            ratio <= MaxRatioToAlone,
            FormattableString.Invariant($"the sample over {best.Name}, from pixels: {ratio:F2}, at most {MaxRatioToAlone:F2} is promised"));
        var ofStock = sample.Median / stock.Median;
        verdict.ExpectSpeed(
            ofStock <= MaxRatioToStages,
            FormattableString.Invariant(
                $"the sample over ML.NET's stages, from files: {ofStock:F2}, at most {MaxRatioToStages:F2} is promised"));
        return verdict.ExitCode;
    }

    private static float[][] OnAllCores(int count, Func<int, float[]> compute)
    {
        var results = new float[count][];
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        var oneByOne = Partitioner.Create(Enumerable.Range(0, count), EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(oneByOne, options, i => results[i] = compute(i));
        return results;
    }

    private static IDataView ToData(MLContext mlContext, float[][] pixels)
    {
        var schema = SchemaDefinition.Create(typeof(PixelRow));
        schema[nameof(PixelRow.Pixels)].ColumnType = new VectorDataViewType(
            NumberDataViewType.Single, PretrainedNetwork.ChannelCount, PretrainedNetwork.Side, PretrainedNetwork.Side);
        return mlContext.Data.LoadFromEnumerable(pixels.Select(row => new PixelRow { Pixels = row }), schema);
    }

    private static float[][] Features(IDataView view) => [.. view.GetColumn<float[]>(PretrainedNetwork.FeatureColumn)];

    private static double LargestDeviation(float[][] found, float[][] expected) => found.Zip(expected)
        .SelectMany(row => row.First.Zip(row.Second, (a, b) => Math.Abs(a - b) / Math.Max(1.0, Math.Abs(b)))).Max();

    /// <summary>A way to compute features, and the milliseconds a picture of each round.</summary>
    private sealed record Way(string Name, Func<float[][]> Compute)
    {
        private readonly List<double> _milliseconds = [];

        public double Median => Statistics.Median(_milliseconds);

        public double Least => _milliseconds.Min();

        public void Measure(int count)
        {
            var began = Stopwatch.GetTimestamp();
            Compute();
            _milliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds / count);
        }
    }

    private sealed class PixelRow
    {
        public float[] Pixels { get; set; } = [];
    }
}
