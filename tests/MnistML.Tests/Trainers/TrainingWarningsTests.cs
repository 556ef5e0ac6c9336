using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;
using MnistML.Training.Options;

namespace MnistML.Tests.Trainers;

internal sealed class TrainingWarningsTests
{
    private static readonly MlpTrainer.Options Small = new() { HiddenLayers = [8], BatchSize = 8, MaxEpochs = 3, Seed = 1 };

    /// <summary>The same with what the rules choose for a few points.</summary>
    private static readonly MlpTrainer.Options Chosen = Small with
    {
        Members = 1,
        OutOfFold = false,
        FeatureScaling = MlpFeatureScaling.BoundedStandardize,
        FeatureEncoding = MlpFeatureEncoding.None,
        LearnedFeatureFactors = false,
        SparseFeatures = false,
        CalibrateTemperature = false,
        Schedule = MlpSchedule.OneCycle(),
        DropoutRate = 0,
    };

    [Test]
    public void Fit_OfAnyData_LogsTheDescriptionOfItsOptionsOnce() => Assert.That(
        MessagesOf(Small, Points(row => row))
            .Where(message => message.Contains("Options: "))
            .Select(message => message[message.IndexOf("Options: ", StringComparison.Ordinal)..]),
        Is.EqualTo([$"Options: {OptionsDescription.OneLine(Chosen)}"]));

    [Test]
    public void Fit_OfRowsOfOneClass_AsksWhetherTheLabelIsReadCorrectly() => Assert.That(
        MessagesOf(Small, Points(row => row, labelOf: _ => 1)),
        Has.Exactly(1).Contains(
            "All 60 rows of the training data have one class of the 3 that the label column 'Label' may hold: "
            + "is that column read correctly?"));

    [Test]
    public void Fit_OfTinyFeatures_SaysThatNothingIsLearntFromThem() => Assert.That(
        MessagesOf(Small, Points(row => row % 3 * 1e-38f)),
        Has.Exactly(1).Contains(
            "2 of 2 features in the column 'Features' vary so little (a standard deviation of at most 1E-30) that they are not scaled and "
            + "nothing can be learnt from them: give them in another unit, so that their values are near 1."));

    [Test]
    public void Fit_OfConstantAndSmallFeatures_WarnsOfNothing()
    {
        Assert.That(MessagesOf(Small, Points(_ => 1)), Has.None.Contains("vary so little"));
        Assert.That(MessagesOf(Small, Points(row => row % 3 * 1e-20f)), Has.None.Contains("vary so little"));
    }

    [Test]
    public void Fit_WithTooFewEpochs_SaysThatTheLossWasStillFalling()
    {
        var few = Small with
        {
            Optimizer = MlpOptimizer.Sgd(0.2),
            Schedule = MlpSchedule.Constant,
            BatchNormalization = false,
            MaxEpochs = 2,
        };

        Assert.That(
            MessagesOf(few, Points(row => row % 3)),
            Has.Exactly(1)
                .Contains("The training loss was still falling after 2 epochs, from ")
                .And.EndsWith("in the last one: raise MaxEpochs or the learning rate."));
        Assert.That(MessagesOf(few with { MaxEpochs = 200 }, Points(row => row % 3)), Has.None.Contains("still falling"), "learnt");
        Assert.That(
            MessagesOf(few with { Optimizer = MlpOptimizer.Sgd(1e-30) }, Points(row => row % 3)), Has.None.Contains("still falling"),
                "flat");
        Assert.That(
            MessagesOf(few with { EarlyStopping = new MlpEarlyStopping(), ValidationFraction = 0.2 }, Points(row => row % 3)),
            Has.None.Contains("still falling"),
            "early stopping");
    }

    [TestCase(new float[0], 0)]
    [TestCase(new float[] { 1 }, 1)]
    [TestCase(null, 0)]
    public void Fit_OfARowWithFewerFeaturesThanItsType_SaysWhere(float[]? features, int found)
    {
        var mlContext = new MLContext();
        KeyedPoint[] rows = [new() { Features = [1, 2] }, new() { Features = features! }];

        Assert.That(
            () => new MlpTrainer(mlContext, Small).Fit(mlContext.Data.LoadFromEnumerable(rows)),
            Throws.TypeOf<FormatException>().With.Message.EqualTo(
                $"The feature column 'Features' of the training data has {found} values in row 1 (zero-based), but its type says that each "
                + "row has 2. Give each row that many, or skip such rows by mlContext.Data.FilterByCustomPredicate."));
    }

    [Test]
    public void Fit_OfRowsThatWereFilteredAsTheMessageSays_Trains()
    {
        var mlContext = new MLContext();
        KeyedPoint[] rows = [.. Points(row => row % 3), new() { Features = [] }, new() { Features = null! }, new() { Features = [1] }];
        var data = mlContext.Data.FilterByCustomPredicate(
            mlContext.Data.LoadFromEnumerable(rows), (KeyedPoint row) => row.Features?.Length != 2);

        using var model = new MlpTrainer(mlContext, Small).Fit(data);

        Assert.That(model.History, Is.Not.Empty);
    }

    [Test]
    public void Fit_OfAKeyOfTooManyValues_SaysThatThereAreTooManyClasses()
    {
        var mlContext = new MLContext();
        var schema = SchemaDefinition.Create(typeof(KeyedPoint));
        schema["Label"].ColumnType = new KeyDataViewType(typeof(uint), 1UL << 31);
        var data = mlContext.Data.LoadFromEnumerable([new KeyedPoint { Features = [1, 2] }], schema);

        Assert.That(
            () => new MlpTrainer(mlContext, Small).Fit(data),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith(
                "The label column 'Label' is a key of 2147483648 values, but at most 2147483647 classes are possible; make a key with one "
                + "value for each class by mlContext.Transforms.Conversion.MapValueToKey, not by hashing."));
    }

    private static List<string> MessagesOf(MlpTrainer.Options options, KeyedPoint[] rows)
    {
        var messages = new List<string>();
        var mlContext = new MLContext();
        mlContext.Log += (_, log) => messages.Add(log.Message);
        using var model = new MlpTrainer(mlContext, options).Fit(mlContext.Data.LoadFromEnumerable(rows));
        return messages;
    }

    private static KeyedPoint[] Points(Func<int, float> featureOf, Func<int, int>? labelOf = null) =>
    [
        .. Enumerable.Range(0, 60).Select(row => new KeyedPoint
        {
            Features = [featureOf(row), -featureOf(row)],
            Label = (uint)(labelOf?.Invoke(row) ?? row % 3),
        }),
    ];
}
