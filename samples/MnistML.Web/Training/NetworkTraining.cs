using Microsoft.ML;
using MnistML.Web.Data;
using MnistML.Web.Models;
using MnistML.Web.Service;

namespace MnistML.Web.Training;

/// <summary>Trains a network as a job asks for, tries it on the test set, and keeps it as a run.</summary>
internal sealed class NetworkTraining(StateFolder state, DigitSource source, CorrectionStore corrections, RunStore runs, ModelHolder models)
{
    /// <summary>So much of what is learned from corrections is corrections, however few they are.</summary>
    private const double CorrectionShare = 0.03;

    /// <summary>A drawing that is repeated more often is learned by heart in one epoch, and more does not help.</summary>
    private const int MaxRepeats = 400;

    /// <summary>Learning from corrections goes on until all are right, but not for longer.</summary>
    private const int MaxRounds = 5;

    /// <summary>
    /// A thirtieth of the recipe's: the network knows most already, and forgets at a higher one. Each further round doubles it.
    /// </summary>
    private const double LearningRate = 0.0001;

    /// <returns>The run; null if the user stopped the training and there is nothing to keep.</returns>
    public RunInfo? Run(TrainingJob job)
    {
        // The model in use may be replaced and disposed meanwhile; this one is the training's own.
        var request = job.Request;
        var parent = request.FromCurrent ? models.Current : null;
        using var initial = parent?.Run is { } run ? LiveModel.Load(runs.ModelPathOf(run), run.Name, run) : null;
        using var folder = new WorkFolder(state.WorkFolder);
        var added = request.WithCorrections ? corrections.All : [];
        var classCount = source.ClassCount;
        var mlContext = new MLContext();
        var (train, rowCount) = LoadTrain(mlContext, folder, request, added, classCount);
        var test = DigitSet.Load(mlContext, source.Files.TestImages, source.Files.TestLabels, classCount);
        var network = initial?.Network ?? parent?.Network;
        if (network is not null && network.Model.Architecture.OutputSize != classCount)
        {
            throw new InvalidDataException(
                $"The model in use tells {network.Model.Architecture.OutputSize} classes apart, but {source.Name} has {classCount}. "
                + "Train from the beginning, or start the service with --data for images of the model's classes.");
        }

        var mine = added.Count == 0 ? null : LoadCorrections(mlContext, folder, added, classCount);
        var (before, mineBefore) = job.Kind == RunKind.Learn
            ? (Evaluator.Evaluate(network!, test, job.CancellationToken), Evaluator.Evaluate(network!, mine!, job.CancellationToken))
            : (null, null);

        MlpTransformer? trained = null;
        try
        {
            trained = Fit(mlContext, job, train, network, mine);
            if (trained is null || job.IsDiscarded)
            {
                return null;
            }

            job.SetState(JobState.Evaluating);
            var after = Evaluator.Evaluate(trained, test, CancellationToken.None);
            var result = new RunInfo
            {
                Id = job.Id,
                Name = job.Name,
                Kind = job.Kind,
                StartedAt = job.StartedAt,
                Seconds = job.Seconds,
                Request = request,
                Dataset = source.Name,
                TrainRows = rowCount,
                WasStopped = job.WasStopped,
                Network = $"{trained.Model.Architecture}",
                ClassNames = trained.ClassNames!,
                Epochs = job.Epochs,
                Test = after,
                ParentId = parent?.Run?.Id,
                Learning = before is null ? null : new LearningOutcome(
                    added.Count,
                    mineBefore!.Accuracy,
                    Evaluator.Evaluate(trained, mine!, CancellationToken.None).Accuracy,
                    before.Accuracy,
                    after.Accuracy),
            };
            runs.Add(result, mlContext, trained, train.Schema);
            return result;
        }
        finally
        {
            trained?.Dispose();
        }
    }

    private (IDataView View, int RowCount) LoadTrain(
        MLContext mlContext, WorkFolder folder, TrainingRequest request, IReadOnlyList<Correction> added, int classCount)
    {
        var digits = source.ReadTrain();
        if (added.Count == 0 && request.Rows is not < int.MaxValue)
        {
            return (DigitSet.Load(mlContext, source.Files.TrainImages, source.Files.TrainLabels, classCount), digits.Count);
        }

        var rows = Math.Min(request.Rows ?? int.MaxValue, digits.Count);
        var repeats = added.Count == 0 ? 0 : (int)Math.Clamp(rows * CorrectionShare / added.Count, 1, MaxRepeats);
        var (images, labels, count) = digits.Write(folder.Create("train"), rows, added, repeats);
        return (DigitSet.Load(mlContext, images, labels, classCount), count);
    }

    private static IDataView LoadCorrections(MLContext mlContext, WorkFolder folder, IReadOnlyList<Correction> added, int classCount)
    {
        var (images, labels) = Correction.Write(folder.Create("mine"), added);
        return DigitSet.Load(mlContext, images, labels, classCount);
    }

    /// <summary>One training; when it learns from corrections, as many rounds of one epoch as it takes until all are right.</summary>
    private static MlpTransformer? Fit(MLContext mlContext, TrainingJob job, IDataView train, MlpTransformer? initial, IDataView? mine)
    {
        var options = job.Request.ToOptions(DigitSet.Side) with { Progress = job, CancellationToken = job.CancellationToken };
        if (initial is null)
        {
            return FitOnce(mlContext, options, train, initial);
        }

        options = options with
        {
            HiddenLayers = initial.Model.Architecture.HiddenLayers,
            Activation = initial.Model.Architecture.Activation,
            Members = initial.Model.Architecture.MemberCount,
            FeatureEncoding = MlpFeatureEncoding.Auto,
        };
        if (job.Kind != RunKind.Learn)
        {
            return FitOnce(mlContext, options, train, initial);
        }

        options = options with { MaxEpochs = 1, Schedule = MlpSchedule.OneCycle() };
        MlpTransformer? learned = null;
        for (var round = 0; round < MaxRounds && !job.WasStopped; round++)
        {
            job.BeginRound(job.Epochs.Count);
            var next = FitOnce(
                mlContext,
                options with { Seed = (options.Seed ?? 0) + round, Optimizer = MlpOptimizer.AdamW(LearningRate * (1 << round)) },
                train,
                learned ?? initial);
            if (next is null)
            {
                break;
            }

            learned?.Dispose();
            learned = next;
            if (Evaluator.Evaluate(learned, mine!, CancellationToken.None).Accuracy >= 1)
            {
                break;
            }
        }

        return learned;
    }

    /// <returns>Null if it was stopped before its first epoch was over.</returns>
    private static MlpTransformer? FitOnce(MLContext mlContext, MlpTrainer.Options options, IDataView train, MlpTransformer? initial)
    {
        try
        {
            var trainer = mlContext.MulticlassClassification.Trainers.Mlp(mlContext, options);
            var model = initial is null ? trainer.Fit(train) : trainer.Fit(train, validationData: null, initial);
            if (model.History.Count > 0)
            {
                return model;
            }

            model.Dispose();
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>A folder for the files of one training, deleted after it.</summary>
    private sealed class WorkFolder(string root) : IDisposable
    {
        private readonly string _path = Path.Combine(root, Guid.NewGuid().ToString("N"));

        public string Create(string name) => Directory.CreateDirectory(Path.Combine(_path, name)).FullName;

        public void Dispose()
        {
            if (Directory.Exists(_path))
            {
                Directory.Delete(_path, recursive: true);
            }
        }
    }
}
