using Microsoft.ML;
using MnistML.Tests.Support;
using MnistML.Trainers;

namespace MnistML.Tests.Trainers;

internal sealed class ManyClassesTests
{
    private const int ClassCount = 2_000;

    [Test]
    public void Fit_OfManyClasses_LearnsSavesAndLoads()
    {
        var (mlContext, rows, messages) = (new MLContext(seed: 1), new ClassRows(ClassCount), new List<string>());
        mlContext.Log += (_, log) => messages.Add(log.Message);
        var data = rows.ToView(mlContext, rows.Take(3 * ClassCount));

        using var model = new MlpTrainer(mlContext).Fit(data);
        using var loaded = SavedModel.SaveAndLoadMlp(mlContext, model, data.Schema);
        var (live, restored) = (rows.CreateEngine(mlContext, model), rows.CreateEngine(mlContext, loaded));
        var right = 0;
        foreach (var row in rows.Take(300))
        {
            var prediction = live.Predict(row);
            right += prediction.PredictedLabel == row.Label + 1 ? 1 : 0;
            Assert.That(restored.Predict(row).Score, Is.EqualTo(prediction.Score));
        }

        Assert.That(right, Is.GreaterThan(240));
        Assert.That(model.Model.Architecture.MemberCount, Is.EqualTo(1));
        Assert.That(
            messages,
            Has.Exactly(1).Contains("Training the network 8(128)-512-256-2000 takes about ").And.Contains(" of memory beside the rows: "));
        Assert.That(messages, Has.None.Contains("is a key of 2,000 values, of which"));
    }

    /// <summary>46,000 × 60 rows were trained for many minutes by what is chosen for few classes.</summary>
    [Test]
    public void Fit_OfFarMoreClassesThanRows_TrainsAndSaysThatFewOccur()
    {
        var (mlContext, rows, messages) = (new MLContext(seed: 1), new ClassRows(46_000), new List<string>());
        mlContext.Log += (_, log) => messages.Add(log.Message);

        using var model = new MlpTrainer(mlContext).Fit(rows.ToView(mlContext, rows.Take(60)));

        Assert.That(model.Model.Architecture.HiddenLayers, Is.EqualTo([512, 32]));
        Assert.That(
            messages,
            Has.Exactly(1).Contains(
                "The label column 'Label' is a key of 46,000 values, of which 60 occur in the training data. Each value has weights, which "
                + "take time and memory. If the others never come, make a key of the labels that occur by "
                + "mlContext.Transforms.Conversion.MapValueToKey, not by hashing."));
    }

    /// <summary>Rows that would throw are not read: a key of so many values is too much whatever they are.</summary>
    [Test]
    public void Fit_OfMoreClassesThanTheMachineHasMemoryFor_IsRefusedBeforeRowsAreRead()
    {
        var (mlContext, rows) = (new MLContext(seed: 1), new ClassRows(10));
        rows.Schema["Label"].ColumnType = new Microsoft.ML.Data.KeyDataViewType(typeof(uint), 1_000_000);
        var trainer = new NetworkTrainer(mlContext, new MlpTrainer.Options(), "MlpTrainer") { AvailableBytes = 500_000_000 };

        Assert.That(
            () => trainer.Fit(rows.ToView(mlContext, Unreadable()), validationData: null, (MlpModelParameters?)null),
            Throws.InvalidOperationException.With.Message.StartsWith("Training the network 8-512-16-1000000 takes about ")
                .And.Message.Contains(", but this machine has 500 MB. ")
                .And.Message.Contains("The label column 'Label' is a key of 1,000,000 values"));
    }

    [Test]
    public void Fit_OfBatchesThatTheMachineHasNoMemoryFor_IsRefusedBeforeItTrains()
    {
        var (mlContext, rows) = (new MLContext(seed: 1), new ClassRows(ClassCount));
        var options = new MlpTrainer.Options { HiddenLayers = [4], BatchSize = 1_000, MaxEpochs = 1 };
        var trainer = new NetworkTrainer(mlContext, options, "MlpTrainer") { AvailableBytes = 4_000_000 };

        Assert.That(
            () => trainer.Fit(rows.ToView(mlContext, rows.Take(1_000)), validationData: null, (MlpModelParameters?)null),
            Throws.InvalidOperationException.With.Message.Contains(" for the values of a batch of 1,000 rows, but this machine has 4 MB."));
    }

    private static IEnumerable<ClassRows.Row> Unreadable()
    {
        yield return new ClassRows.Row { Features = new float[ClassRows.Features] };
        throw new NotSupportedException("The rows were read.");
    }
}
