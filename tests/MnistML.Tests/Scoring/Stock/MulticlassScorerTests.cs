using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Scoring.Stock;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Stock;

public sealed class MulticlassScorerTests
{
    [Test]
    public void Fit_ClassCount_ScoresAreSoftmax([Values(1, 2, 3, 10, 100, 1_000)] int classCount)
    {
        var random = new Random(classCount);
        double[][] logits = [.. Enumerable.Range(0, 7).Select(_ => RandomLogits(random, classCount))];
        var scorer = MulticlassScorer.Fit("z", LabelOf(classCount));

        var scores = Predictions.Scores(scorer.Transformer.Transform(Inputs(scorer, logits)));

        Assert.That(scores, Has.Count.EqualTo(7));
        for (var row = 0; row < logits.Length; row++)
        {
            Assert.That(scores[row], Is.EqualTo(PlainNetwork.Softmax(logits[row])).Within(1e-6));
        }
    }

    /// <summary>Sparse weights change nothing that a user sees: names, types and annotations are those of ML.NET's trainer.</summary>
    [Test]
    public void Fit_OfManyClasses_HasTheSchemaOfAStockTrainer()
    {
        const int ClassCount = MulticlassScorer.MaxDenseClasses + 1;
        var mlContext = new MLContext(seed: 1);
        var names = mlContext.Data.LoadFromEnumerable(
            Enumerable.Range(0, ClassCount).Select(i => new TextKey($"class {i}")).ToArray());
        var keys = mlContext.Transforms.Conversion.MapValueToKey("Class", nameof(TextKey.Name)).Fit(names).Transform(names);
        var label = keys.Schema["Class"];
        var rows = MulticlassScorer.OneHotRows("z", label);

        var ofStock = mlContext.MulticlassClassification.Trainers
            .LbfgsMaximumEntropy(new()
            {
                LabelColumnName = "Class",
                FeatureColumnName = "z",
                MaximumNumberOfIterations = 1,
                HistorySize = 1,
            })
            .Fit(rows);
        var scorer = MulticlassScorer.Fit("z", label);

        Assert.That(
            SchemaText.Of(scorer.Transformer.GetOutputSchema(rows.Schema)),
            Is.EqualTo(SchemaText.Of(ofStock.GetOutputSchema(rows.Schema))));
        Assert.That((scorer.Input.Scale, scorer.Input.Offsets), Is.EqualTo((1f, Array.Empty<float>())));
    }

    [Test]
    public void Fit_OfManyClasses_PassesProbabilitiesOn()
    {
        const int ClassCount = MulticlassScorer.MaxDenseClasses + 1;
        var label = LabelOf(ClassCount);
        var scorer = MulticlassScorer.Fit("z", label);
        float[] probabilities = [.. Enumerable.Range(0, ClassCount).Select(i => i == 700 ? 0.5f : i / 1e6f)];
        var rows = new ScorerRows<uint>("z", ClassCount, label, rowCount: 1, _ => new VBuffer<float>(ClassCount, probabilities), _ => 1);

        var scored = scorer.Transformer.Transform(rows);

        Assert.That(scored.GetColumn<float[]>("Score").Single(), Is.EqualTo(probabilities));
        Assert.That(scored.GetColumn<uint>("PredictedLabel").Single(), Is.EqualTo(701));
    }

    /// <summary>Files of early versions of 0.3 have a scorer that takes the softmax itself.</summary>
    [Test]
    public void TryRead_OfASparseScorerWithASoftmax_ReadsLogarithms()
    {
        const int ClassCount = 1_500;
        var random = new Random(1);
        double[][] logits = [RandomLogits(random, ClassCount)];
        var label = LabelOf(ClassCount);
        var template = MulticlassScorer.Fit("z", SparseMulticlassScorer.TemplateLabel(label.Name)).Transformer;

        var scorer = SparseMulticlassScorer.FromTemplate(template, "z", label);

        Assert.That((scorer.Input.Scale, scorer.Input.Offsets), Is.EqualTo((1f, new float[ClassCount])));
        var scores = Predictions.Scores(scorer.Transformer.Transform(Inputs(scorer, logits)));
        Assert.That(scores[0], Is.EqualTo(PlainNetwork.Softmax(logits[0])).Within(1e-6));
    }

    /// <summary>On Windows ML.NET names the entries of the file that is changed with backslashes.</summary>
    [TestCase('/')]
    [TestCase('\\')]
    public void FromSaved_AnySeparator_HasTheSparseIdentity(char separator)
    {
        const int ClassCount = 1_500;
        var label = LabelOf(ClassCount);
        var template = MulticlassScorer.Fit("z", SparseMulticlassScorer.TemplateLabel(label.Name)).Transformer;
        var rows = new ScorerRows<uint>("z", ClassCount, label, rowCount: 0, _ => default, _ => default);
        using var stream = new MemoryStream();
        new MLContext().Model.Save(new TransformerChain<ITransformer>(template), rows.Schema, stream);
        using var named = new MemoryStream();
        named.Write(Zip.WithSeparator(stream.ToArray(), separator));

        var scorer = SparseMulticlassScorer.FromSaved(named, ClassCount);

        Assert.That((scorer.Input.Scale, scorer.Input.Offsets), Is.EqualTo((1f, new float[ClassCount])));
        Assert.That(scorer.Transformer.GetOutputSchema(rows.Schema)["Score"].Type, Is.EqualTo(
            new VectorDataViewType(NumberDataViewType.Single, ClassCount)));
    }

    [Test]
    public void Fit_OfManyClasses_TakesMemoryInProportionToThem()
    {
        _ = MulticlassScorer.Fit("z", LabelOf(2_000));
        var before = GC.GetAllocatedBytesForCurrentThread();

        var scorer = MulticlassScorer.Fit("z", LabelOf(20_000));

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(64L << 20));
        using var stream = new MemoryStream();
        new MLContext().Model.Save(scorer.Transformer, inputSchema: null, stream);
        Assert.That(stream.Length, Is.LessThan(1 << 20));
    }

    [Test]
    public void TryReadInput_OfSparseWeightsOtherThanTheIdentity_Throws()
    {
        static VBuffer<float> Row(int index, float value) => new(3, 1, [value], [index]);

        foreach (var (weights, biases) in new (VBuffer<float>[], float[])[]
        {
            ([Row(0, 1), Row(1, 1), Row(2, 2)], [0, 0, 0]),
            ([Row(0, 1), Row(1, 1), Row(1, 1)], [0, 0, 0]),
            ([Row(0, 1), Row(1, 1), Row(2, 1)], [0, 0, 1]),
        })
        {
            Assert.That(
                () => SparseMulticlassScorer.TryReadInput("z", weights, biases),
                Throws.TypeOf<NotSupportedException>().With.Message.Contains(
                    "but in row 2 they are not those, with a bias of 0"));
        }

        Assert.That(SparseMulticlassScorer.TryReadInput("z", [new VBuffer<float>(1, [1])], [0]), Is.Null);
    }

    [Test]
    public void Fit_Twice_GivesTheSameNumbers()
    {
        var first = MulticlassScorer.Fit("z", LabelOf(5));
        var second = MulticlassScorer.Fit("z", LabelOf(5));

        Assert.That(second.Input.Scale, Is.EqualTo(first.Input.Scale));
        Assert.That(second.Input.Offsets, Is.EqualTo(first.Input.Offsets));
    }

    [Test]
    public void Fit_InputColumn_IsTheOneThatIsRead() =>
        Assert.That(MulticlassScorer.Fit("z", LabelOf(3)).Input.Name, Is.EqualTo("z"));

    [Test]
    public void ScaleOf_MultipleOfTheIdentity_IsTheMultiple() =>
        Assert.That(MulticlassScorer.ScaleOf([[0.25f, 0, 0], [0, 0.25f, 0], [0, 0, 0.25f]], [1, 2, 3]), Is.EqualTo(0.25f));

    [Test]
    public void ScaleOf_TwoClasses_IsTwiceTheWeight() =>
        Assert.That(MulticlassScorer.ScaleOf([[0.25f, -0.25f], [-0.25f, 0.25f]], [1, 2]), Is.EqualTo(0.5f));

    [Test]
    public void ScaleOf_OneClass_IsOne() => Assert.That(MulticlassScorer.ScaleOf([[0]], [0]), Is.EqualTo(1));

    [Test]
    public void ScaleOf_WeightOffTheDiagonal_Throws() => AssertUnsupported(
        [[2, 0, 0], [0, 2, 0.5f], [0, 0, 2]], [0, 0, 0], "weight [1, 2] is 0.5, and weight [0, 0] 2");

    [Test]
    public void ScaleOf_UnequalDiagonal_Throws() => AssertUnsupported(
        [[2, 0, 0], [0, 3, 0], [0, 0, 2]], [0, 0, 0], "weight [1, 1] is 3, and weight [0, 0] 2");

    [Test]
    public void ScaleOf_TwoClassesWithZeros_Throws() =>
        AssertUnsupported([[2, 0], [0, 2]], [0, 0], "weight [0, 1] is 0, and weight [0, 0] 2");

    [TestCase(0f, "0")]
    [TestCase(-1f, "-1")]
    [TestCase(float.PositiveInfinity, "Infinity")]
    public void ScaleOf_NotPositiveAndFinite_Throws(float weight, string text) => AssertUnsupported(
        [[weight, 0, 0], [0, weight, 0], [0, 0, weight]], [1, 2, 3], $"weight [0, 0] is {text}, and the biases are 1, 2, 3");

    [Test]
    public void ScaleOf_BiasNotFinite_Throws() => AssertUnsupported(
        [[2, 0, 0], [0, 2, 0], [0, 0, 2]], [1, float.NaN, 3], "weight [0, 0] is 2, and the biases are 1, NaN, 3");

    private static void AssertUnsupported(float[][] weights, float[] biases, string found) => Assert.That(
        () => MulticlassScorer.ScaleOf(weights, biases),
        Throws.TypeOf<NotSupportedException>().With.Message.EqualTo(
            $"This version of Microsoft.ML ({typeof(MLContext).Assembly.GetName().Version}) can't carry the network's scores: its "
            + $"LbfgsMaximumEntropy trainer should give a positive multiple of the identity on one-hot rows, but {found}. "
            + "Reference Microsoft.ML 5.0.1, with which MnistML is tested."));

    private static double[] RandomLogits(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (6 * random.NextDouble()) - 3)];

    private static DataViewSchema.Column LabelOf(int classCount)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumn("Label", new KeyDataViewType(typeof(uint), classCount));
        return builder.ToSchema()[0];
    }

    /// <summary>The rows (log softmax(logits) - Offsets) / Scale.</summary>
    private static IDataView Inputs(StockScorer scorer, double[][] logits)
    {
        var (offsets, scale) = (scorer.Input.Offsets, scorer.Input.Scale);
        var rows = logits.Select(row => new Row
        {
            Values = [.. PlainNetwork.Softmax(row).Zip(offsets, (p, offset) => (float)((Math.Log(p) - offset) / scale))],
        });
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, logits[0].Length);
        return new MLContext().Data.LoadFromEnumerable(rows.ToList(), schema);
    }

    private sealed class Row
    {
        [ColumnName("z")]
        public float[] Values { get; set; } = [];
    }
}
