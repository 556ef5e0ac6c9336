using MnistML.Model;

namespace MnistML.Tests.Model;

public sealed class MlpMetadataTests
{
    private static readonly MlpEpochMetrics Epoch = new()
    {
        Epoch = 1,
        TrainLoss = 0.5,
        TrainAccuracy = 0.75,
        ValidationLoss = 0.625,
        ValidationAccuracy = null,
        LearningRate = 0.1,
        Seconds = 12.5,
        RowsPerSecond = 4_800,
    };

    private static readonly MlpMetadata Example = new()
    {
        Version = "1.2.3",
        Options = new Dictionary<string, string> { ["Seed"] = "3", ["Optimizer"] = "Sgd \"fast\" ≠ slow" },
        ClassNames = ["ant", "bée", ""],
        History = [Epoch, Epoch with { Epoch = 2, TrainLoss = double.Epsilon, Seconds = 99.25 }],
    };

    [Test]
    public void Parse_OfToProperties_GivesItBack()
    {
        var parsed = MlpMetadata.Parse(Example.ToProperties());

        Assert.That(parsed.Version, Is.EqualTo("1.2.3"));
        Assert.That(parsed.Options, Is.EqualTo(Example.Options));
        Assert.That(parsed.ClassNames, Is.EqualTo(Example.ClassNames));
        Assert.That(parsed.History, Is.EqualTo(Example.History));
        Assert.That((parsed.TrainingRows, parsed.ValidationRows), Is.EqualTo(((long?)null, (long?)null)));
        Assert.That(parsed.Libraries, Is.Empty);
    }

    [Test]
    public void Parse_OfRowsAndLibraries_GivesThemBack()
    {
        var example = Example with
        {
            TrainingRows = 60_000,
            ValidationRows = 10_000,
            Libraries = new Dictionary<string, string> { ["TorchSharp"] = "0.107.0" },
        };

        var parsed = MlpMetadata.Parse(example.ToProperties());

        Assert.That((parsed.TrainingRows, parsed.ValidationRows), Is.EqualTo(((long?)60_000, (long?)10_000)));
        Assert.That(parsed.Libraries, Is.EqualTo(example.Libraries));
    }

    [Test]
    public void Parse_OfRowsThatAreNoNumber_IsRefused()
    {
        var properties = new Dictionary<string, string>(Example.ToProperties()) { ["mnistml.training_rows"] = "-1" };

        Assert.That(
            () => MlpMetadata.Parse(properties),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                "its metadata can't be read: 'mnistml.training_rows' is '-1', but must be a number of rows."));
    }

    [Test]
    public void Parse_OfNoClassNamesAndNoHistory_GivesNone()
    {
        var parsed = MlpMetadata.Parse(new MlpMetadata().ToProperties());

        Assert.That(parsed.Version, Is.EqualTo(MlpMetadata.CurrentVersion));
        Assert.That(parsed.Options, Is.Empty);
        Assert.That(parsed.ClassNames, Is.Null);
        Assert.That(parsed.History, Is.Empty);
    }

    [Test]
    public void ToReproducibleProperties_History_IsTheLastEpochWithoutTimes()
    {
        var properties = Example.ToReproducibleProperties();

        Assert.That(
            properties.Keys, Is.EquivalentTo(["mnistml.version", "mnistml.options", "mnistml.class_names", "mnistml.final_metrics"]));
        Assert.That(
            properties["mnistml.final_metrics"],
            Is.EqualTo("""{"epoch":2,"train_loss":5E-324,"train_accuracy":0.75,"validation_loss":0.625,"validation_accuracy":null}"""));
    }

    [Test]
    public void ToReproducibleProperties_NoHistory_HasNoMetrics() =>
        Assert.That(new MlpMetadata().ToReproducibleProperties().Keys, Is.EquivalentTo(["mnistml.version", "mnistml.options"]));

    [TestCase("mnistml.version")]
    [TestCase("mnistml.options")]
    [TestCase("mnistml.history")]
    public void Parse_PropertyMissing_IsRefused(string name)
    {
        var properties = new Dictionary<string, string>(Example.ToProperties());
        properties.Remove(name);

        Assert.That(
            () => MlpMetadata.Parse(properties),
            Throws.TypeOf<InvalidDataException>().With.Message.EqualTo(
                $"its metadata can't be read: The given key '{name}' was not present in the dictionary."));
    }

    [TestCase("mnistml.options", "[]")]
    [TestCase("mnistml.options", "null")]
    [TestCase("mnistml.options", """{"a":null}""")]
    [TestCase("mnistml.class_names", "{")]
    [TestCase("mnistml.class_names", "[null]")]
    [TestCase("mnistml.history", "")]
    [TestCase("mnistml.history", "null")]
    [TestCase("mnistml.history", "[null]")]
    [TestCase("mnistml.history", "[{}]")]
    public void Parse_PropertyThatIsSomethingElse_IsRefused(string name, string text)
    {
        var properties = new Dictionary<string, string>(Example.ToProperties()) { [name] = text };

        Assert.That(
            () => MlpMetadata.Parse(properties),
            Throws.TypeOf<InvalidDataException>().With.Message.StartsWith("its metadata can't be read: "));
    }
}
