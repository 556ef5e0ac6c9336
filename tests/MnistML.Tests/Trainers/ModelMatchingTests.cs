using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>Models that are trained further on data with other classes and features, found by their names.</summary>
internal sealed class ModelMatchingTests
{
    private static readonly string[] AllFeatures = [nameof(Row.A), nameof(Row.B), nameof(Row.C)];

    /// <summary>A network without parts that a first batch changes.</summary>
    private static readonly MlpTrainer.Options Plain = new()
    {
        HiddenLayers = [8],
        BatchNormalization = false,
        FeatureScaling = MlpFeatureScaling.None,
        DropoutRate = 0,
        MaxEpochs = 60,
        Seed = 1,
    };

    private static readonly MlpTrainer.Options Ensemble = Plain with
    {
        Members = 3,
        FeatureScaling = MlpFeatureScaling.Standardize,
        FeatureEncoding = MlpFeatureEncoding.PiecewiseLinear(4),
    };

    private readonly MLContext _mlContext = new(seed: 1);

    public static IEnumerable<MlpTrainer.Options> Networks => [Plain, Ensemble];

    [TestCaseSource(nameof(Networks))]
    public void Fit_OfKeysInAnotherOrder_BeginsWithTheSameClasses(MlpTrainer.Options options)
    {
        using var first = Fit(options, Rows(90, "ant", "bee", "cat"));
        var other = Rows(90, "cat", "ant", "bee");

        using var second = Further(Unchanging(options), other, first);

        Assert.That(second.ClassNames, Is.EqualTo(new[] { "cat", "ant", "bee" }));
        AssertSame(first, second, other, ["ant", "bee", "cat"]);
    }

    [Test]
    public void Fit_OfTheSameClassesAndFeatures_BeginsWithTheSameBits()
    {
        var rows = Rows(90, "ant", "bee", "cat");
        using var first = Fit(Plain, rows);
        using var loaded = SavedModel.SaveAndLoadMlp(_mlContext, first, View(rows).Schema);

        using var second = Further(Unchanging(Plain), rows, loaded);

        Assert.That(loaded.FeatureNames, Is.EqualTo(AllFeatures));
        Assert.That(Predictions.Bits(second.Transform(View(rows))), Is.EqualTo(Predictions.Bits(first.Transform(View(rows)))));
    }

    /// <summary>Before the first update the shared classes are told apart as before, whatever the weights of the new one are.</summary>
    [TestCaseSource(nameof(Networks))]
    public void Fit_OfANewClass_TakesNoRowForItAtFirst(MlpTrainer.Options options)
    {
        using var first = Fit(options, Rows(300, "ant", "bee", "cat"));
        var more = Rows(400, "dog", "bee", "cat", "ant");

        using var second = Further(Unchanging(options), more, first);

        Row[] shared = [.. more.Where(row => row.Name != "dog")];
        Assert.That(PredictedOf(second, shared), Is.EqualTo(PredictedOf(first, shared)));
        Assert.That(PredictedOf(second, more), Has.None.EqualTo("dog"));
        Assert.That(second.ClassNames, Is.EqualTo(new[] { "dog", "bee", "cat", "ant" }));
    }

    /// <summary>A model that is sure of nothing: without lower biases, drawn weights would win in many rows.</summary>
    [TestCaseSource(nameof(Networks))]
    public void Fit_OfANewClass_TakesNoRowForItWhereTheModelIsUnsure(MlpTrainer.Options options)
    {
        using var first = Fit(options with { MaxEpochs = 1 }, Rows(300, "ant", "bee", "cat"));
        var more = Rows(400, "dog", "bee", "cat", "ant");

        using var second = Further(Unchanging(options), more, first);

        Assert.That(PredictedOf(second, more), Has.None.EqualTo("dog"));
    }

    [Test]
    public void Fit_OfANewClassAtTheEnd_SaysOnlyThatItIsNew()
    {
        using var first = Fit(Plain, Rows(90, "ant", "bee", "cat"));
        var messages = new List<string>();
        var mlContext = new MLContext(seed: 1);
        mlContext.Log += (_, log) => messages.Add(log.RawMessage);

        using var second = new MlpTrainer(mlContext, Unchanging(Plain)).Fit(View(Rows(120, "ant", "bee", "cat", "dog")), null, first);

        Assert.That(
            messages.Where(message => message.Contains("initial model")),
            Is.EqualTo(["The initial model does not know the class 'dog', whose weights are drawn."]));
    }

    [Test]
    public void Fit_OfANewClass_DrawsItsWeightsAsAlways()
    {
        var rows = Rows(120, "ant", "dog", "bee", "cat");
        using var first = Fit(Plain, Rows(90, "ant", "bee", "cat"));

        using var second = Further(Unchanging(Plain), rows, first);
        using var drawn = Fit(Unchanging(Plain), rows);

        Assert.That(WeightsOf(second, output: 1), Is.EqualTo(WeightsOf(drawn, output: 1)));
        Assert.That(WeightsOf(second, output: 3), Is.EqualTo(WeightsOf(first, output: 2)));
    }

    [Test]
    public void Fit_OfANewClass_LearnsIt()
    {
        using var first = Fit(Plain, Rows(300, "ant", "bee", "cat"));
        var more = Rows(400, "dog", "bee", "cat", "ant");

        using var second = Further(Plain, more, first);

        Assert.That(
            _mlContext.MulticlassClassification.Evaluate(second.Transform(View(more))).MicroAccuracy, Is.GreaterThan(0.95));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Fit_WithoutAClass_DropsOrKeepsIt(bool keeps)
    {
        using var first = Fit(Plain, Rows(90, "ant", "bee", "cat"));
        var rows = Rows(60, "cat", "ant");

        using var second = Further(Unchanging(Plain) with { KeepMissingClasses = keeps }, rows, first);
        using var loaded = SavedModel.SaveAndLoadMlp(_mlContext, second, View(rows).Schema);

        var names = keeps ? new[] { "cat", "ant", "bee" } : ["cat", "ant"];
        foreach (var model in new[] { second, loaded })
        {
            Assert.That(model.ClassNames, Is.EqualTo(names));
            AssertSame(first, model, Rows(90, "cat", "ant", "bee"), names);
            Assert.That(
                _mlContext.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel")
                    .Fit(model.Transform(View(rows))).Transform(model.Transform(View(rows))).GetColumn<string>("Name"),
                Is.EqualTo(PredictedOf(first, rows)));
        }

        Assert.That(_mlContext.MulticlassClassification.Evaluate(second.Transform(View(rows))).MicroAccuracy, Is.GreaterThan(0.95));
    }

    [Test]
    public void Fit_KeepingAClass_TrainsWithValidationData()
    {
        using var first = Fit(Plain, Rows(90, "ant", "bee", "cat"));
        var rows = Rows(60, "cat", "ant");

        using var second = new MlpTrainer(_mlContext, Plain with { KeepMissingClasses = true }).Fit(View(rows), View(rows), first);

        Assert.That(second.History[^1].ValidationAccuracy, Is.GreaterThan(0.95));
    }

    [Test]
    public void Fit_OfKeysWithoutValues_FindsThemByTheirNumbers()
    {
        var options = Plain with { LabelColumnName = nameof(Row.Number), KeepMissingClasses = true };
        using var first = Fit(options, Rows(90, "ant", "bee", "cat"));

        using var second = Further(Unchanging(options), Rows(90, "cat", "ant", "bee"), first);

        Assert.That(second.ClassNames, Is.Null);
        Assert.That(WeightsOf(second, output: 0), Is.EqualTo(WeightsOf(first, output: 0)));
    }

    [TestCaseSource(nameof(Networks))]
    public void Fit_OfFeaturesInAnotherOrder_FindsThem(MlpTrainer.Options options)
    {
        var rows = Rows(90, "ant", "bee", "cat");
        using var first = Fit(options, rows);

        using var second = Further(Unchanging(options), rows, first, "C", "D", "A", "B");

        Assert.That(second.FeatureNames, Is.EqualTo(new[] { "C", "D", "A", "B" }));
        AssertSame(first, second, rows, ["ant", "bee", "cat"], "C", "D", "A", "B");
    }

    /// <summary>What a gone feature told is what the model said where it was 0.</summary>
    [Test]
    public void Fit_WithoutAFeature_DropsIt()
    {
        var rows = Rows(90, "ant", "bee", "cat");
        using var first = Fit(Plain, rows);
        Row[] zeroed = [.. rows.Select(row => new Row { Name = row.Name, Number = row.Number, A = row.A, B = 0, C = row.C })];

        using var second = Further(Unchanging(Plain), rows, first, "C", "A");

        AssertSame(first, second, zeroed, ["ant", "bee", "cat"], "C", "A");
    }

    [Test]
    public void Fit_OfOtherTasks_FindsFeaturesToo()
    {
        var rows = Rows(90, "ant", "bee", "cat");
        var number = new MlpRegressionTrainer.Options
        {
            LabelColumnName = nameof(Row.A),
            HiddenLayers = [8],
            FeatureScaling = MlpFeatureScaling.None,
            MaxEpochs = 20,
            Seed = 1,
        };
        var flag = new MlpBinaryTrainer.Options
        {
            LabelColumnName = nameof(Row.IsAnt),
            HiddenLayers = [8],
            FeatureScaling = MlpFeatureScaling.None,
            BatchNormalization = false,
            MaxEpochs = 20,
            Seed = 1,
        };
        using var regression = new MlpRegressionTrainer(_mlContext, number).Fit(View(rows));
        using var binary = new MlpBinaryTrainer(_mlContext, flag).Fit(View(rows));
        var turned = View(rows, "C", "B", "A");

        using var regressionFurther = new MlpRegressionTrainer(
            _mlContext, number with { Optimizer = MlpOptimizer.Sgd(1e-30), MaxEpochs = 1 }).Fit(turned, null, regression);
        using var binaryFurther = new MlpBinaryTrainer(
            _mlContext, flag with { Optimizer = MlpOptimizer.Sgd(1e-30), MaxEpochs = 1 }).Fit(turned, null, binary);

        Assert.That(Numbers(regressionFurther, turned), Is.EqualTo(Numbers(regression, View(rows))).Within(1e-4));
        Assert.That(Numbers(binaryFurther, turned), Is.EqualTo(Numbers(binary, View(rows))).Within(1e-4));
    }

    [Test]
    public void Fit_OfOtherClassesAndFeatures_SaysWhatItDid()
    {
        using var first = Fit(Plain, Rows(90, "ant", "bee", "cat"));
        var messages = new List<string>();
        var mlContext = new MLContext(seed: 1);
        mlContext.Log += (_, log) => messages.Add(log.RawMessage);

        using var second = new MlpTrainer(mlContext, Unchanging(Plain)).Fit(
            View(Rows(90, "dog", "cat", "ant"), "C", "D", "A"), null, first);

        Assert.That(messages, Has.Exactly(1).EqualTo("The features of the initial model are put in the order of the data."));
        Assert.That(
            messages, Has.Exactly(1).EqualTo("The initial model does not know the feature 'D', whose weights begin at 0."));
        Assert.That(messages, Has.Exactly(1).EqualTo("The data does not have the feature 'B' of the initial model: dropped."));
        Assert.That(messages, Has.Exactly(1).EqualTo("The classes of the initial model are put in the order of the data."));
        Assert.That(messages, Has.Exactly(1).EqualTo("The initial model does not know the class 'dog', whose weights are drawn."));
        Assert.That(messages, Has.Exactly(1).EqualTo("The data does not have the class 'bee' of the initial model: dropped."));
    }

    [Test]
    public void Fit_OfTheSameClassesAndFeatures_SaysNothing()
    {
        var rows = Rows(90, "ant", "bee", "cat");
        using var first = Fit(Plain, rows);
        var messages = new List<string>();
        var mlContext = new MLContext(seed: 1);
        mlContext.Log += (_, log) => messages.Add(log.RawMessage);

        using var second = new MlpTrainer(mlContext, Unchanging(Plain)).Fit(View(rows), null, first);

        Assert.That(messages, Has.None.Contains("initial model"));
    }

    [Test]
    public void Fit_KeepingClassesOfAnotherType_IsRefused()
    {
        using var first = Fit(Plain, Rows(90, "ant", "bee", "cat"));
        var rows = Rows(60, "ant", "bee");
        var numbered = _mlContext.Transforms.Conversion.MapValueToKey("Label", nameof(Row.A)).Fit(View(rows)).Transform(View(rows));

        Assert.That(
            () => new MlpTrainer(_mlContext, Plain with { KeepMissingClasses = true }).Fit(numbered, null, first),
            Throws.ArgumentException.With.Message.EqualTo(
                "The classes of the initial model are of type String, but the label column 'Label' holds Single, so that it can't be given "
                + "classes of the model. Make the same pipeline for both."));
    }

    [Test]
    public void Fit_FromAModelOfAnotherTask_IsRefused()
    {
        using var first = Fit(Plain, Rows(90, "ant", "bee", "cat"));
        var options = new MlpRegressionTrainer.Options { LabelColumnName = nameof(Row.A), HiddenLayers = [8] };

        Assert.That(
            () => new MlpRegressionTrainer(_mlContext, options).Fit(View(Rows(60, "ant")), null, first),
            Throws.ArgumentException.With.Message.Contains("for Regression"));
    }

    [Test]
    public void Fit_FromNoTransformer_NamesTheArgument() => Assert.That(
        () => new MlpTrainer(_mlContext, Plain).Fit(View(Rows(60, "ant", "bee")), null, (MlpTransformer)null!),
        Throws.ArgumentNullException.With.Property("ParamName").EqualTo("initial"));

    private static MlpTrainer.Options Unchanging(MlpTrainer.Options options) => options with
    {
        Optimizer = MlpOptimizer.Sgd(1e-30),
        Schedule = MlpSchedule.Constant,
        MaxEpochs = 1,
    };

    private MlpTransformer Fit(MlpTrainer.Options options, Row[] rows) => new MlpTrainer(_mlContext, options).Fit(View(rows));

    private MlpTransformer Further(MlpTrainer.Options options, Row[] rows, MlpTransformer initial, params string[] features) =>
        new MlpTrainer(_mlContext, options).Fit(View(rows, features), null, initial);

    /// <summary>Rows with the keys of their names, in the order in which they occur.</summary>
    private IDataView View(Row[] rows, params string[] features)
    {
        var view = _mlContext.Data.LoadFromEnumerable(rows);
        return _mlContext.Transforms.Conversion.MapValueToKey("Label", nameof(Row.Name))
            .Append(_mlContext.Transforms.Concatenate("Features", features.Length == 0 ? AllFeatures : features))
            .Fit(view).Transform(view);
    }

    /// <summary>Each class has a place of its own in space, whatever its number is.</summary>
    private static Row[] Rows(int count, params string[] classes)
    {
        var random = new Random(count);
        return
        [
            .. Enumerable.Range(0, count).Select(i => classes[i % classes.Length]).Select(name => new Row
            {
                Name = name,
                Number = (uint)(name[0] - 'a'),
                IsAnt = name == "ant",
                A = (name is "ant" or "dog" ? 2 : 0) + random.NextSingle(),
                B = (name is "bee" or "dog" ? 2 : 0) + random.NextSingle(),
                C = (name is "cat" ? 2 : 0) + random.NextSingle(),
                D = random.NextSingle(),
            }),
        ];
    }

    /// <summary>Probabilities of the given classes, relative to each other, are those of the first model.</summary>
    private void AssertSame(MlpTransformer first, MlpTransformer second, Row[] rows, string[] classes, params string[] features)
    {
        var (expected, actual) = (Probabilities(first, View(rows)), Probabilities(second, View(rows, features)));
        for (var row = 0; row < rows.Length; row++)
        {
            Assert.That(actual[row], Is.EqualTo(expected[row]).Within(1e-5), $"row {row}");
        }

        double[][] Probabilities(MlpTransformer model, IDataView view) =>
        [
            .. Predictions.Scores(model.Transform(view)).Select(scores =>
            {
                double[] chosen = [.. classes.Select(name => (double)scores[model.ClassNames!.ToList().IndexOf(name)])];
                return chosen.Select(score => score / chosen.Sum()).ToArray();
            }),
        ];
    }

    private string[] PredictedOf(MlpTransformer model, Row[] rows) =>
        [.. model.Transform(View(rows)).GetColumn<uint>("PredictedLabel").Select(key => model.ClassNames![(int)key - 1])];

    private static IEnumerable<float> Numbers(MlpTransformer model, IDataView view) => model.Transform(view).GetColumn<float>("Score");

    private static float[] WeightsOf(MlpTransformer model, int output)
    {
        var layer = model.Model.Layers[^1];
        return layer.Weights.Slice(output * layer.Shape.InputSize, layer.Shape.InputSize).ToArray();
    }

    private sealed class Row
    {
        public string Name { get; set; } = "";

        [KeyType(4)]
        public uint Number { get; set; }

        public bool IsAnt { get; set; }

        public float A { get; set; }

        public float B { get; set; }

        public float C { get; set; }

        public float D { get; set; }
    }
}
