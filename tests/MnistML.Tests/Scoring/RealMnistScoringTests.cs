using Microsoft.ML;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring;

/// <summary>The whole test set of the real MNIST.</summary>
[NeedsRealMnist]
public sealed class RealMnistScoringTests
{
    [Test]
    public void Transform_OfAllTestImages_GivesTheSameBitsLiveLoadedAndStock()
    {
        var mlContext = new MLContext(seed: 1);
        var files = RealMnist.Files;
        var train = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
        var test = mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels);
        using var live = new MlpTrainer(mlContext, MlpRecipes.Fast with { MaxEpochs = 1 }).Fit(mlContext.Data.TakeRows(train, 10_000));
        using var loaded = SavedModel.SaveAndLoadMlp(mlContext, live, train.Schema);
        using var stock = SavedModel.SaveAndLoad(mlContext, live, train.Schema);

        var expected = Predictions.Bits(live.Transform(test));

        Assert.That(expected, Has.Count.EqualTo(10_000));
        Assert.That(Predictions.Bits(loaded.Transform(test)), Is.EqualTo(expected));
        Assert.That(Predictions.Bits(stock.Transform(test)), Is.EqualTo(expected));
    }
}
