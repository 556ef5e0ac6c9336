using Microsoft.ML;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>The main job in short, on the real MNIST. All 20 epochs of the classic recipe are in the benchmarks, by name.</summary>
[NeedsRealMnist]
internal sealed class RealMnistTests
{
    private readonly MLContext _mlContext = new(seed: 1);

    [Test]
    public void Fit_OfTwoClassicEpochs_FollowsPyTorchsLosses()
    {
        using var model = new MlpTrainer(_mlContext, MlpRecipes.Classic with { MaxEpochs = 2, Seed = 1 }).Fit(Load(test: false));

        // Six seeds of the script in PyTorch: 1.2 to 1.5, then 0.33 to 0.40.
        Assert.That(model.History[0].TrainLoss, Is.InRange(1.2, 1.5));
        Assert.That(model.History[1].TrainLoss, Is.InRange(0.3, 0.45));
        Assert.That(Accuracy(model), Is.GreaterThan(0.85));
    }

    [Test]
    public void Fit_OfTheFastRecipe_ReachesNinetyEightPercent()
    {
        using var model = new MlpTrainer(_mlContext, MlpRecipes.Fast with { Seed = 1 }).Fit(Load(test: false));

        Assert.That(model.History, Has.Count.EqualTo(3));
        Assert.That(Accuracy(model), Is.GreaterThanOrEqualTo(0.98));
    }

    [Test]
    public void LoadFromIdx_OfMnist_HasItsColumnsAndRows()
    {
        var train = Load(test: false);

        Assert.That(train.Schema.Select(column => $"{column.Name} {column.Type}"),
            Is.EqualTo(["Image Vector<Byte, 28, 28>", "Features Vector<Single, 784>", "Label Key<UInt32, 0-9>"]));
        Assert.That((train.GetRowCount(), Load(test: true).GetRowCount()), Is.EqualTo((60_000L, 10_000L)));
    }

    private IDataView Load(bool test) => test
        ? _mlContext.Data.LoadFromIdx(RealMnist.Files.TestImages, RealMnist.Files.TestLabels)
        : _mlContext.Data.LoadFromIdx(RealMnist.Files.TrainImages, RealMnist.Files.TrainLabels);

    private double Accuracy(MlpTransformer model) =>
        _mlContext.MulticlassClassification.Evaluate(model.Transform(Load(test: true))).MicroAccuracy;
}
