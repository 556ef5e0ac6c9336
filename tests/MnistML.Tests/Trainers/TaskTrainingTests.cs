using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>What a training promises holds for each task: same bits, precision, streaming, resuming, validation, a warm start.</summary>
[TestFixtureSource(typeof(TaskCase), nameof(TaskCase.Networks))]
internal sealed class TaskTrainingTests(MlpTask task, bool isEnsemble)
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly TaskCase _case = new(task, isEnsemble);
    private IDataView _data = null!;

    [OneTimeSetUp]
    public void Draw() => _data = TaskCase.Data(_mlContext, rows: 200);

    [Test]
    public void Fit_WithTheSameSeed_GivesTheSameBits()
    {
        var first = Fit(_case.Small);

        Assert.That(Fit(_case.Small), Is.EqualTo(first));
        Assert.That(Fit(_case.Small with { Seed = 2 }), Is.Not.EqualTo(first));
    }

    [Test]
    public void Fit_AsItIs_ReportsTheLossOfRowsThatWereLeftOutWhereMembersLeaveSomeOut()
    {
        using var model = TaskCase.Trainer(_mlContext, _case.Small).Fit(_data);

        Assert.That(model.Model.Members, Has.Count.EqualTo(isEnsemble ? 3 : 1));
        Assert.That(model.History.Any(epoch => epoch.OutOfFoldLoss is not null), Is.EqualTo(isEnsemble));
        Assert.That(
            model.History.Any(epoch => epoch.OutOfFoldAccuracy is not null), Is.EqualTo(isEnsemble && task != MlpTask.Regression));
        Assert.That(
            model.History.Any(epoch => epoch.OutOfFoldRootMeanSquaredError is not null),
            Is.EqualTo(isEnsemble && task == MlpTask.Regression));
    }

    [Test]
    public void Fit_WithWeights_LearnsSomethingElse() =>
        Assert.That(Fit(_case.Small with { ExampleWeightColumnName = "Weight" }), Is.Not.EqualTo(Fit(_case.Small)));

    [Test]
    public void Fit_InEitherPrecision_LearnsTheLabels([Values(MlpPrecision.Single, MlpPrecision.BFloat16)] MlpPrecision precision)
    {
        using var model = TaskCase.Trainer(_mlContext, Longer with { Precision = precision }).Fit(_data);

        AssertLearnt(model.History[^1]);
    }

    [Test]
    public void Fit_AboveTheCache_LearnsTheLabels()
    {
        var wide = _mlContext.Transforms.Concatenate("Wide", [.. Enumerable.Repeat("Features", 500)]).Fit(_data).Transform(_data);
        var options = Longer with { FeatureColumnName = "Wide", HiddenLayers = [4], MaxCacheBytes = 1 << 20 };

        using var model = TaskCase.Trainer(_mlContext, options).Fit(wide);
        using var held = TaskCase.Trainer(_mlContext, options with { MaxCacheBytes = 1 << 30 }).Fit(wide);

        AssertLearnt(model.History[^1]);
        Assert.That(model.Model.ComputeHash(), Is.Not.EqualTo(held.Model.ComputeHash()), "Streamed rows come in another order.");
    }

    [Test]
    public void Fit_OfAStoppedTraining_EndsWithTheSameBits()
    {
        using var folder = new TemporaryFolder();
        var options = _case.Small with
        {
            ValidationFraction = 0.2,
            EarlyStopping = isEnsemble ? null : new MlpEarlyStopping(3),
            DropoutRate = 0.1,
            CheckpointPath = folder.PathOf("training.checkpoint"),
        };
        using var stop = new CancellationTokenSource();
        var stopped = options with
        {
            CancellationToken = stop.Token,
            Progress = new Listener(progress =>
            {
                if (progress is { Epoch: 2, Metrics: not null })
                {
                    stop.Cancel();
                }
            }),
        };

        Assert.That(() => TaskCase.Trainer(_mlContext, stopped).Fit(_data), Throws.InstanceOf<OperationCanceledException>());

        Assert.That(Fit(options), Is.EqualTo(Fit(options with { CheckpointPath = null })));
    }

    [Test]
    public void Fit_FromACheckpointOfAnotherTask_IsRefused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("training.checkpoint");
        var other = new TaskCase(task == MlpTask.Binary ? MlpTask.Regression : MlpTask.Binary, isEnsemble);
        TaskCase.Trainer(_mlContext, other.Small with { CheckpointPath = path }).Fit(_data).Dispose();

        Assert.That(
            () => TaskCase.Trainer(_mlContext, _case.Small with { CheckpointPath = path }).Fit(_data),
            Throws.InvalidOperationException.With.Message.Contains($"- Task is {task}, but in the checkpoint it is {other.Task}."));
    }

    [Test]
    public void Fit_WithValidationData_ReportsWhatTheModelScores()
    {
        var validation = TaskCase.Data(_mlContext, rows: 100, seed: 7);
        using var model = TaskCase.Fit(_mlContext, Longer with { MaxEpochs = 5 }, _data, validation);
        var last = model.History[^1];
        var scored = model.Transform(validation);

        switch (task)
        {
            case MlpTask.Regression:
                var regression = _mlContext.Regression.Evaluate(scored, "Number");
                Assert.That(last.ValidationLoss, Is.EqualTo(regression.MeanSquaredError).Within(1e-3).Percent);
                Assert.That(last.ValidationRootMeanSquaredError, Is.EqualTo(regression.RootMeanSquaredError).Within(1e-3).Percent);
                Assert.That((last.ValidationAccuracy, last.TrainAccuracy), Is.EqualTo(((double?)null, (double?)null)));
                break;
            case MlpTask.Binary:
                var binary = _mlContext.BinaryClassification.Evaluate(scored, "Flag");
                Assert.That(last.ValidationLoss, Is.EqualTo(binary.LogLoss * Math.Log(2)).Within(1e-5)); // ML.NET's is in bits.
                Assert.That(last.ValidationAccuracy, Is.EqualTo(binary.Accuracy).Within(1e-12));
                Assert.That(last.TrainRootMeanSquaredError, Is.Null);
                break;
            default:
                var multiclass = _mlContext.MulticlassClassification.Evaluate(scored, "Key");
                Assert.That(last.ValidationLoss, Is.EqualTo(multiclass.LogLoss).Within(1e-5));
                Assert.That(last.ValidationAccuracy, Is.EqualTo(multiclass.MicroAccuracy).Within(1e-12));
                break;
        }
    }

    [Test]
    public void Fit_FromAModel_GoesOnFromIt()
    {
        using var first = TaskCase.Trainer(_mlContext, Longer).Fit(_data);
        var options = Longer with { MaxEpochs = 1, Optimizer = MlpOptimizer.Sgd(1e-12), BatchNormalization = false, DropoutRate = 0 };
        using var next = TaskCase.Fit(_mlContext, options, _data, initial: first.Model);

        var (before, after) = (Scores(first), Scores(next));

        Assert.That(after, Is.EqualTo(before).Within(task == MlpTask.Regression ? 2e-2 : 1e-3));
    }

    [Test]
    public void Fit_FromAModelOfAnotherTask_IsRefused()
    {
        var other = new TaskCase(task == MlpTask.Binary ? MlpTask.Regression : MlpTask.Binary, isEnsemble);
        using var model = TaskCase.Trainer(_mlContext, other.Small).Fit(_data);

        Assert.That(
            () => TaskCase.Fit(_mlContext, _case.Small, _data, initial: model.Model),
            Throws.ArgumentException.With.Message.Contains($"with Relu for {other.Task}").And.Message.Contains($"with Relu for {task}"));
    }

    [Test]
    public void Save_OfTheNetwork_KeepsItsTask()
    {
        using var model = TaskCase.Trainer(_mlContext, _case.Small).Fit(_data);
        using var stream = new MemoryStream();
        model.Model.Save(stream);
        stream.Position = 0;

        var loaded = MlpModelParameters.Load(stream);

        Assert.That(loaded.Architecture, Is.EqualTo(model.Model.Architecture));
        Assert.That(loaded.ComputeHash(), Is.EqualTo(model.Model.ComputeHash()));
    }

    /// <summary>Without cycles, so that the last epoch's network is the model.</summary>
    private MlpTrainingOptions Longer => _case.Small with
    {
        MaxEpochs = 40,
        Schedule = MlpSchedule.OneCycle(),
        OutOfFold = false,
        Optimizer = MlpOptimizer.AdamW(0.01),
        DropoutRate = 0,
    };

    private int[] Fit(MlpTrainingOptions options)
    {
        using var model = TaskCase.Trainer(_mlContext, options).Fit(_data);
        return
        [
            .. model.Model.Members.SelectMany(member => member.Layers)
                .SelectMany(layer => layer.Weights.ToArray().Concat(layer.Biases.ToArray()))
                .Select(BitConverter.SingleToInt32Bits),
        ];
    }

    private float[] Scores(MlpTransformer model) => task == MlpTask.Multiclass
        ? [.. Predictions.Scores(model.Transform(_data)).SelectMany(row => row)]
        : [.. model.Transform(_data).GetColumn<float>("Score")];

    /// <summary>The numbers deviate by about 52, of which noise is 2; four of nine rows have the most frequent label.</summary>
    private void AssertLearnt(MlpEpochMetrics last)
    {
        if (task == MlpTask.Regression)
        {
            Assert.That(last.TrainRootMeanSquaredError, Is.LessThan(25));
        }
        else
        {
            Assert.That(last.TrainAccuracy, Is.GreaterThan(0.75));
        }
    }
}
