using MnistML.Onnx;
using MnistML.Scoring;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring;

[NonParallelizable]
internal sealed class OnnxScorerTests
{
    /// <summary>Buffers beyond what an array's index can count; 65,536 x 65,537 would be a harmless 65,536 without a check.</summary>
    [TestCase(65_536, 1)]
    [TestCase(1, 65_536)]
    public void Constructor_OfMoreRowsThanAnArrayHolds_Throws(int featureCount, int outputCount)
    {
        using var session = Create(inputs: 3, outputs: 4);

        Assert.That(
            () => new OnnxScorer(session, featureCount, outputCount, capacity: 65_537), Throws.TypeOf<OverflowException>());
        Assert.That(session.IsOpen, Is.False);
    }

    [Test]
    public void Run_OfAnotherNumberOfRowsEachTime_ScoresThose()
    {
        var model = Networks.Random(new MlpArchitecture(3, [5], 4), seed: 2);
        using var session = Create(model);
        using var scorer = new OnnxScorer(session, inputCount: 3, outputCount: 4, capacity: 3);
        foreach (var (rowCount, first) in new[] { (1, 0.5f), (3, -1f), (3, 2f), (2, 0.25f) })
        {
            for (var row = 0; row < 3; row++)
            {
                new[] { first, row, -row }.CopyTo(scorer.InputsOf(row));
            }

            scorer.Run(rowCount);

            for (var row = 0; row < rowCount; row++)
            {
                var probabilities = PlainNetwork.Probabilities(model, [first, row, -row]);
                Assert.That(scorer.LogitsOf(row).ToArray(), Is.EqualTo(probabilities.Select(value => Math.Log(value))).Within(1e-5));
            }
        }
    }

    /// <summary>Bound buffers are pinned. One that stayed bound would stay in memory for good.</summary>
    [Test]
    public void Dispose_AfterRunsOfAnyNumberOfRows_FreesTheBuffers()
    {
        const int Width = 1 << 17, Rounds = 32;
        using var session = Create(inputs: Width, outputs: Width);
        Score();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 0; round < Rounds; round++)
        {
            Score();
        }

        var left = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.That(left, Is.LessThan(Rounds * 2L * Width * sizeof(float) / 2), "half of what the buffers of features or outputs take");

        void Score()
        {
            using var scorer = new OnnxScorer(session, Width, Width, capacity: 2);
            scorer.Run(rowCount: 1);
            scorer.Run(rowCount: 2);
        }
    }

    private static OnnxSession Create(int inputs, int outputs) =>
        Create(Networks.Random(new MlpArchitecture(inputs, [1], outputs), seed: 1));

    private static OnnxSession Create(MlpModelParameters model) => new(OnnxMlpWriter.WriteForBatches(new OnnxMlp(
        model, "Features", new OnnxOutput("Logits", new float[model.Architecture.OutputSize], 1), new Dictionary<string, string>())));
}
