using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

internal sealed class MlpTrainerTests
{
    private static readonly MlpTrainer.Options Small = new()
    {
        HiddenLayers = [8],
        Optimizer = MlpOptimizer.Sgd(learningRate: 0.1, momentum: 0.9),
        Schedule = MlpSchedule.Constant,
        BatchSize = 4,
        MaxEpochs = 20,
        Seed = 1,
    };

    [Test]
    public void Fit_OfSeparableClusters_LearnsThem()
    {
        var mlContext = new MLContext(seed: 1);
        var data = Tables.Clusters(mlContext, rows: 60);

        using var model = mlContext.MulticlassClassification.Trainers.Mlp(mlContext, Small with { BatchNormalization = false }).Fit(data);
        var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(Tables.Clusters(mlContext, rows: 90, seed: 2)));

        Assert.That(metrics.MicroAccuracy, Is.EqualTo(1));
        Assert.That(model.Model.Architecture, Is.EqualTo(new MlpArchitecture(2, [8], 3)));
        Assert.That(model.History, Has.Count.EqualTo(20));
        Assert.That(model.History[^1].TrainLoss, Is.LessThan(model.History[0].TrainLoss / 5));
    }

    [Test]
    public void Fit_OfAnySmallData_ScoresAsItsNetworkDoesInPlainLoops()
    {
        var mlContext = new MLContext();
        var data = Tables.Clusters(mlContext, rows: 12);
        using var model = new MlpTrainer(mlContext, Small with { HiddenLayers = [5, 4], Activation = MlpActivation.Gelu }).Fit(data);

        var features = data.GetColumn<float[]>("Features").ToArray();
        var scores = model.Transform(data).GetColumn<float[]>("Score").ToArray();

        for (var row = 0; row < scores.Length; row++)
        {
            Assert.That(scores[row], Is.EqualTo(PlainNetwork.Probabilities(model.Model, features[row])).Within(1e-6));
        }
    }

    [Test]
    public void Fit_WithTheSameSeed_GivesTheSameBits()
    {
        var mlContext = new MLContext();
        var data = Tables.Clusters(mlContext, rows: 30);
        var trainer = new MlpTrainer(mlContext, Small);
        var first = FitBits(trainer, data);

        Assert.That(FitBits(trainer, data), Is.EqualTo(first), "a second Fit");
        Assert.That(FitBits(new MlpTrainer(new MLContext(), Small), data), Is.EqualTo(first), "another trainer");
        Assert.That(FitBits(new MlpTrainer(mlContext, Small with { Seed = 2 }), data), Is.Not.EqualTo(first), "another seed");
        Assert.That(
            Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ => FitBits(trainer, data)).ToArray(),
            Is.All.EqualTo(first), "several at once");
    }

    [Test]
    public void Fit_WithoutASeed_TakesItFromTheContext()
    {
        var options = Small with { Seed = null };
        var trainer = new MlpTrainer(new MLContext(seed: 5), options);
        var data = Tables.Clusters(new MLContext(), rows: 30);
        var first = FitBits(trainer, data);

        Assert.That(FitBits(trainer, data), Is.EqualTo(first), "a second Fit");
        Assert.That(FitBits(new MlpTrainer(new MLContext(seed: 5), options), data), Is.EqualTo(first), "another context of the same seed");
        Assert.That(FitBits(new MlpTrainer(new MLContext(seed: 6), options), data), Is.Not.EqualTo(first), "a context of another seed");
    }

    [Test]
    public void Fit_WithMissingLabels_SkipsTheirRowsAndSaysSo()
    {
        var mlContext = new MLContext();
        var messages = new List<string>();
        mlContext.Log += (_, log) => messages.Add(log.Message);
        string[] labels = ["b", "?", "a", "b", "?", "a"];
        float[][] features = [[0, 1], [9, 9], [1, 0], [0.5f, 1], [float.NaN, 0], [1, 0.5f]];
        TextPoint[] rows = [.. labels.Zip(features, (label, values) => new TextPoint { Label = label, Features = values })];
        var keys = mlContext.Transforms.Conversion.MapValueToKey(
            "Label", keyData: mlContext.Data.LoadFromEnumerable([new TextKey("a"), new TextKey("b")]));
        var withMissing = FitBits(new MlpTrainer(mlContext, Small), Map(rows));
        var without = FitBits(new MlpTrainer(mlContext, Small), Map([.. rows.Where(row => row.Label != "?")]));

        IDataView Map(TextPoint[] points)
        {
            var view = mlContext.Data.LoadFromEnumerable(points);
            return keys.Fit(view).Transform(view);
        }

        Assert.That(withMissing, Is.EqualTo(without));
        Assert.That(messages, Has.Some.Contains("Skipped 2 of 6 rows of the training data: their label is missing."));
    }

    [Test]
    public void Options_MadeAnew_AreThoseOfFast()
    {
        Assert.That(new MlpTrainer.Options(), Is.EqualTo(MlpRecipes.Fast));
        Assert.That(new MlpTrainer.Options { Optimizer = MlpOptimizer.AdamW(0.003) }, Is.EqualTo(MlpRecipes.Fast));
        Assert.That(new MlpTrainer.Options { HiddenLayers = [512] }, Is.Not.EqualTo(MlpRecipes.Fast));
    }

    [Test]
    public void Options_MadeFromAList_HoldACopyOfIt()
    {
        var hidden = new List<int> { 4, 3 };
        var options = new MlpTrainer.Options { HiddenLayers = hidden };
        hidden.Clear();

        Assert.That(options.HiddenLayers, Is.EqualTo([4, 3]));
    }

    [Test]
    public void Classic_AsARecipe_IsTheOriginalScript()
    {
        var classic = MlpRecipes.Classic;

        Assert.That(classic.HiddenLayers, Is.EqualTo([512, 256]));
        Assert.That(classic.Activation, Is.EqualTo(MlpActivation.Relu));
        Assert.That(classic.Initializer, Is.EqualTo(MlpInitializer.Normal(0.01)));
        Assert.That(classic.Optimizer, Is.EqualTo(MlpOptimizer.Sgd(0.2)));
        Assert.That(classic.Schedule, Is.EqualTo(MlpSchedule.Constant));
        Assert.That(classic.FeatureScaling, Is.EqualTo(MlpFeatureScaling.None));
        Assert.That(
            (classic.DropoutRate, classic.BatchNormalization, classic.LabelSmoothing, classic.GradientClipNorm),
            Is.EqualTo((0.0, false, 0.0, (double?)null)));
        Assert.That((classic.BatchSize, classic.MaxEpochs), Is.EqualTo((256, 20)));
    }

    private static int[] FitBits(MlpTrainer trainer, IDataView data)
    {
        using var model = trainer.Fit(data);
        return [.. model.Model.Layers.SelectMany(layer => layer.Weights.ToArray().Concat(layer.Biases.ToArray()))
            .Select(BitConverter.SingleToInt32Bits)];
    }
}
