using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML;
using MnistML.MpiHost;

// The folder receives what each rank has to say: launchers mix the outputs of processes in the middle of lines.
var early = new Wishes(args, rank: -1);
var mpi = new MpiOptions { Timeout = TimeSpan.FromSeconds(early.Count("timeout", 120)) };
if (early.Text("style") == "using")
{
    using var group = MpiGroup.Join(mpi);
    Work(group);
    return 0;
}

if (early.Text("style") == "await")
{
    using var group = MpiGroup.Join(mpi);
    await Task.Delay(1).ConfigureAwait(false);
    await Task.Run(() => Work(group)).ConfigureAwait(false);
    return 0;
}

try
{
    MpiGroup.Run(Work, mpi);
    return 0;
}
catch (Exception refusal) when (refusal is InvalidOperationException or OperationCanceledException or DllNotFoundException)
{
    Console.Error.WriteLine($"refused {refusal.Message.ReplaceLineEndings(" ")}");
    return 3;
}

void Work(MpiGroup group)
{
    var wishes = new Wishes(args, group.Rank);
    Say(wishes, group, "pid", [$"{Environment.ProcessId}"]);
    var mlContext = new MLContext(wishes.Count("seed", 1));
    var (train, test) = Load(mlContext, wishes);
    using var cancellation = new CancellationTokenSource();
    if (wishes.Text("cancel") is { } file)
    {
        new Thread(() => CancelWhenThere(file, cancellation)) { IsBackground = true }.Start();
    }

    var normalizes = wishes.Text("normalize") == "yes";
    var trainer = new MlpTrainer(mlContext, new MlpTrainer.Options
    {
        Group = group,
        HiddenLayers = [512, 256],
        Members = 1,
        FeatureEncoding = MlpFeatureEncoding.None,
        FeatureScaling = MlpFeatureScaling.BoundedStandardize,
        Schedule = MlpSchedule.OneCycle(),
        BatchNormalization = normalizes,
        BatchSize = wishes.Count("batch", 256),
        MaxEpochs = wishes.Count("epochs", 1),
        DropoutRate = wishes.Number("dropout") ?? 0,
        InputNoise = wishes.Number("noise") ?? 0,
        GradientClipNorm = wishes.Number("clip"),
        Precision = Enum.Parse<MlpPrecision>(wishes.Text("precision") ?? nameof(MlpPrecision.Single)),
        Seed = wishes.Count("seed", 1),
        ThreadCount = 1,
        CheckpointPath = wishes.Text("checkpoint"),
        CancellationToken = cancellation.Token,
        OnCancellation = MlpOnCancellation.ReturnBest,
        Progress = new Screen(lastEpoch: wishes.Count("die", int.MaxValue)),
    });
    if (wishes.Text("throw") == "before")
    {
        throw new InvalidDataException("Thrown before Fit.");
    }

    using var model = trainer.Fit(train);
    if (wishes.Text("throw") == "after")
    {
        throw new InvalidDataException("Thrown after Fit.");
    }

    var accuracy = group.Rank == 0 && test is not null
        ? mlContext.MulticlassClassification.Evaluate(model.Transform(test)).MicroAccuracy
        : 0;
    Say(
        wishes,
        group,
        "result",
        [
            Hash(model),
            accuracy.ToString("R", CultureInfo.InvariantCulture),
            .. model.History.Select(epoch => epoch.TrainLoss.ToString("R", CultureInfo.InvariantCulture)),
        ]);
}

static void Say(Wishes wishes, MpiGroup group, string name, string[] lines)
{
    if (wishes.Text("out") is not { } folder)
    {
        Console.WriteLine($"{name} of rank {group.Rank}: {string.Join(' ', lines)}");
        return;
    }

    var path = Path.Combine(folder, $"{name}-{group.Rank}");
    File.WriteAllLines($"{path}.part", lines);
    File.Move($"{path}.part", path);
}

static void CancelWhenThere(string file, CancellationTokenSource cancellation)
{
    while (!File.Exists(file))
    {
        Thread.Sleep(10);
    }

    cancellation.Cancel();
}

static (IDataView Train, IDataView? Test) Load(MLContext mlContext, Wishes wishes)
{
    if (wishes.Text("mnist") is { } folder)
    {
        var files = new MnistML.Datasets.MnistFiles(
            Path.Combine(folder, "train-images-idx3-ubyte.gz"),
            Path.Combine(folder, "train-labels-idx1-ubyte.gz"),
            Path.Combine(folder, "t10k-images-idx3-ubyte.gz"),
            Path.Combine(folder, "t10k-labels-idx1-ubyte.gz"));
        return (
            mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels),
            mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels));
    }

    return (mlContext.Data.LoadFromEnumerable(Draw()), null);

    IEnumerable<Digit> Draw()
    {
        var random = new Random(1);
        for (var row = 0; row < wishes.Count("rows", 1024); row++)
        {
            switch (wishes.Text("at") is not null && row == 100 ? wishes.Text("at") : "")
            {
                case "throw":
                    throw new InvalidDataException("The disk is gone.");
                case "hang":
                    Thread.Sleep(Timeout.Infinite);
                    break;
            }

            var label = random.Next(10);
            yield return new Digit
            {
                Features = [.. Enumerable.Range(0, 100).Select(slot => random.NextSingle() + (slot % 10 == label ? 0.5f : 0))],
                Label = (uint)label,
            };
        }
    }
}

static string Hash(MlpTransformer model)
{
    var bytes = model.Model.Layers
        .SelectMany(layer => layer.Weights.ToArray().Concat(layer.Biases.ToArray()))
        .SelectMany(BitConverter.GetBytes);
    return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. bytes]));
}

internal sealed class Digit
{
    [VectorType(100)]
    public float[] Features { get; set; } = [];

    [KeyType(10)]
    public uint Label { get; set; }
}

/// <summary>Tells of each epoch, and ends the process after the last one that it may see, whose checkpoint has been written.</summary>
internal sealed class Screen(int lastEpoch) : IProgress<MlpProgress>
{
    public void Report(MlpProgress value)
    {
        if (value.Metrics is { } metrics)
        {
            Console.WriteLine($"epoch {metrics.Epoch}");
            Console.Out.Flush();
            if (metrics.Epoch == lastEpoch)
            {
                System.Diagnostics.Process.GetCurrentProcess().Kill();
            }
        }
    }
}
