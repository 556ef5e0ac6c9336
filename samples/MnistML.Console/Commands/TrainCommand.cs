using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MnistML.Samples.Data;
using MnistML.Samples.Plots;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>Trains a network, saves it, and evaluates it on the test set.</summary>
internal sealed class TrainCommand : SampleCommand
{
    private readonly TrainingOptions _training = new();
    private readonly DigitOptions _digits = new();
    private readonly Option<string> _out = new("--out")
    {
        Description = "Where to save the model",
        HelpName = "model.zip",
        DefaultValueFactory = _ => SharedOptions.DefaultModelPath,
    };

    private readonly Option<string?> _from = new("--from")
    {
        Description = "Train this model further, whose network and classes it begins with [default: begin anew]",
        HelpName = "model.zip",
    };

    private readonly Option<int?> _continental = SharedOptions.WholeNumber(
        "--continental", minimum: 1,
        "Add so many drawn ones with flags and sevens with bars, which MNIST hardly has, for example 3000 [default: none]");

    private readonly Option<bool> _distributed = new("--distributed")
    {
        Description = "Train one network with all processes that mpirun or srun started; the first of them writes and saves",
    };

    private readonly Option<string?> _json = SharedOptions.Json();
    private readonly Option<string?> _plots = new("--plots")
    {
        Description =
            "Write pictures into this folder: loss and accuracy by epoch, confusion matrix, worst mistakes, the first layer's weights",
        HelpName = "DIR",
    };

    public TrainCommand(IAnsiConsole screen)
        : base(
            screen,
            "train",
            "Train a network, evaluate it on the test set, and save it",
            "train --epochs 5 --plots plots",
            "train --recipe classic --seed 1 --out classic.zip",
            "train --hidden 256,128 --validation 0.1 --patience 5",
            "train --from model.zip --epochs 2 --out further.zip",
            "train --recipe accurate --continental 3000",
            "train --distributed --batch 2048") =>
        AddOptions([.. _training.All, .. _digits.All, _continental, _from, _distributed, _out, _json, _plots]);

    protected override async Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = _training.Read(parsed) with { CancellationToken = cancellationToken, OnCancellation = MlpOnCancellation.ReturnBest };
        var modelPath = parsed.GetValue(_out)!;
        var mlContext = new MLContext(options.Seed);
        var isDistributed = parsed.GetValue(_distributed);
        var isFirst = !isDistributed || MpiGroup.LaunchedRank is null or 0;
        if (isFirst)
        {
            EnsureWritable(parsed, modelPath, options.CheckpointPath);
        }
        else
        {
            Silence();
        }

        var fromPath = parsed.GetValue(_from);
        var from = fromPath is null ? null : ModelFile.Load(mlContext, fromPath, "--from");
        using var network = from as IDisposable;
        var initial = from is null ? null : FindNetwork(from, fromPath!);

        var watch = Stopwatch.StartNew();
        using var data = await _digits.LoadAsync(mlContext, Screen, parsed, cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_continental) is { } count)
        {
            data.AddContinental(mlContext, count);
            Screen.WriteFact(
                "Added", string.Create(CultureInfo.InvariantCulture, $"{count:N0} drawn ones and sevens with flags, bases and bars"));
        }

        var loadSeconds = watch.Elapsed.TotalSeconds;
        options = options with { Augmentation = _training.Read(parsed, data.Height, data.Width).Augmentation };
        if (initial is not null)
        {
            options = _training.ReadWithNetworkOf(parsed, options, initial.Model);
            Screen.WriteLine($"Going on from {fromPath}");
        }

        var architecture = ModelSummary.ArchitectureOf(data, options);
        ModelSummary.Write(Screen, architecture, options);
        if (isFirst)
        {
            OutputFile.EnsureWritable("--out", modelPath, "model.zip", architecture.ParameterCount * sizeof(float));
        }

        watch.Restart();
        using var model = isDistributed
            ? TrainTogether(group => Train(mlContext, data, options with { Group = group }, initial))
            : Train(mlContext, data, options, initial);
        var trainSeconds = watch.Elapsed.TotalSeconds;
        if (!isFirst)
        {
            return;
        }

        string[] evaluate = ["evaluate", "--model", modelPath];
        if (cancellationToken.IsCancellationRequested && model.History.Count == 0)
        {
            throw new StoppedException("the first epoch was not over, so nothing was saved");
        }

        ModelFile.Save(mlContext, model, data.Train.Schema, modelPath);
        if (cancellationToken.IsCancellationRequested)
        {
            throw new StoppedException($"{InterruptedTraining.Describe(model.History, modelPath)}{HowToGoOn(options)}", evaluate);
        }

        var evaluation = Evaluation.Run(mlContext, model, data.Test);
        evaluation.Write(Screen);
        Screen.WriteLine();
        Screen.WriteFact("Model", modelPath);

        if (parsed.GetValue(_plots) is { } plots)
        {
            var pictures = TrainingPictures.Write(plots, model, data, evaluation.Metrics.ConfusionMatrix);
            Screen.WriteFact("Pictures", string.Join(", ", pictures));
        }

        if (parsed.GetValue(_json) is { } jsonPath)
        {
            var report = new RunReport
            {
                Dataset = DatasetFigures.Of(data),
                Recipe = _training.ReadRecipe(parsed),
                Precision = ModelSummary.NameOf(options.ChoosePrecision(architecture)),
                Threads = options.ChooseThreadCount(),
                Epochs =
                [
                    .. model.History.Select(
                        epoch => new EpochFigures(epoch.Epoch, epoch.TrainLoss, epoch.ValidationAccuracy, epoch.Seconds)),
                ],
                LoadSeconds = loadSeconds,
                TrainSeconds = trainSeconds,
                EvaluateSeconds = evaluation.Seconds,
                Metrics = MetricFigures.Of(evaluation.Metrics),
                ModelPath = modelPath,
            };
            report.Write(jsonPath);
            Screen.WriteFact("Figures", jsonPath);
        }

        NextSteps.Write(Screen, [evaluate, ["export", "--model", modelPath, "--out", Path.ChangeExtension(modelPath, ".onnx")]]);
    }

    /// <summary>Whatever is to be written is tried before the training, so that it is not in vain.</summary>
    private void EnsureWritable(ParseResult parsed, string modelPath, string? checkpointPath)
    {
        var (jsonPath, plots) = (parsed.GetValue(_json), parsed.GetValue(_plots));
        OutputFile.EnsureDifferent(("--out", modelPath), ("--json", jsonPath), ("--checkpoint", checkpointPath), ("--plots", plots));
        OutputFile.EnsureWritable("--out", modelPath, "model.zip");
        if (jsonPath is not null)
        {
            RunReport.EnsureWritable(jsonPath);
        }

        if (plots is not null)
        {
            OutputFile.EnsureFolderWritable("--plots", plots, "plots");
        }

        if (checkpointPath is not null)
        {
            OutputFile.EnsureWritable("--checkpoint", checkpointPath, "training.checkpoint");
        }
    }

    private MlpTransformer TrainTogether(Func<MpiGroup, MlpTransformer> train)
    {
        MlpTransformer? model = null;
        MpiGroup.Run(group =>
        {
            Screen.WriteFact("Processes", $"{group.Size}");
            model = train(group);
        });
        return model!;
    }

    private static MlpTransformer FindNetwork(ITransformer model, string path)
    {
        ModelFile.EnsureMulticlass(model, path);
        return MlpTransformer.Find(model)
            ?? throw new ArgumentException($"The model '{path}' holds no network of MnistML. Use one that train saved.");
    }

    private MlpTransformer Train(MLContext mlContext, DigitData data, MlpTrainer.Options options, MlpTransformer? initial)
    {
        if (File.Exists(options.CheckpointPath))
        {
            Screen.WriteLine($"Going on from {options.CheckpointPath}");
        }

        using var log = new TrainingLog(mlContext);
        try
        {
            var model = new TrainingDisplay(Screen, options.BatchSize!.Value).Run(progress =>
            {
                var trainer = mlContext.MulticlassClassification.Trainers.Mlp(mlContext, options with { Progress = progress });
                return initial is null ? trainer.Fit(data.Train) : trainer.Fit(data.Train, validationData: null, initial);
            });
            log.Write(Screen);
            return model;
        }
        catch (OperationCanceledException)
        {
            throw new StoppedException($"the training had not begun, so nothing was saved{HowToGoOn(options)}");
        }
        catch (Exception refusal) when (refusal is InvalidOperationException or FormatException)
        {
            // The training diverged, or the checkpoint belongs to a different training: the user must change something.
            throw new ArgumentException(refusal.Message, refusal);
        }
        catch (Exception failure) when (options.CheckpointPath is not null && (failure is IOException or UnauthorizedAccessException))
        {
            throw new IOException(
                $"The checkpoint '{options.CheckpointPath}' can't be kept: {DiskError.Describe(failure, options.CheckpointPath!)}"
                + $"{HowToGoOn(options)}.",
                failure);
        }
    }

    private static string HowToGoOn(MlpTrainer.Options options) =>
        File.Exists(options.CheckpointPath) ? $"; the same command goes on from {options.CheckpointPath}" : "";
}
