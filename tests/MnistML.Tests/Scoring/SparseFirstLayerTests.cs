using Microsoft.ML.Data;
using MnistML.Scoring;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring;

internal sealed class SparseFirstLayerTests
{
    private const int Features = 50;

    private static readonly float[] Row = [.. Enumerable.Range(0, Features).Select(i => i % 7 == 3 ? (i / 10f) - 2 : 0)];

    /// <summary>All members' units, with and without blocks of the kernel; in plain loops.</summary>
    [Test]
    public void Compute_OfARow_EqualsPlainLoops([Values(1, 3, 70)] int units, [Values(1, 3)] int members)
    {
        var model = Model(units, members);
        var layer = new SparseFirstLayer(model);
        var outputs = new float[layer.UnitCount];
        Array.Fill(outputs, 99);

        layer.Compute(Sparse(Row), outputs);

        Assert.That(layer.UnitCount, Is.EqualTo(units * members));
        for (var unit = 0; unit < outputs.Length; unit++)
        {
            var first = model.Members[unit / units].Layers[0];
            var weights = first.Weights.Slice(unit % units * Features, Features).ToArray();
            double expected = first.Biases.Span[unit % units];
            for (var i = 0; i < Features; i++)
            {
                expected += weights[i] * Row[i];
            }

            Assert.That(outputs[unit], Is.EqualTo(expected).Within(1e-5), $"unit {unit}");
        }
    }

    [Test]
    public void Compute_OfARowInEitherForm_GivesTheSameBits()
    {
        var layer = new SparseFirstLayer(Model(units: 20, members: 1));
        var (sparse, dense, zeros) = (new float[20], new float[20], new float[20]);

        layer.Compute(Sparse(Row), sparse);
        layer.Compute(new VBuffer<float>(Features, Row), dense);
        layer.Compute(new VBuffer<float>(Features, count: 3, [0, Row[3], 0], [1, 3, 40]), zeros);

        Assert.That(dense, Is.EqualTo(sparse));
        Assert.That(zeros, Is.Not.EqualTo(sparse));
    }

    [Test]
    public void Compute_OfNoEntry_GivesTheBiases()
    {
        var model = Model(units: 20, members: 1);
        var outputs = new float[20];

        new SparseFirstLayer(model).Compute(new VBuffer<float>(Features, count: 0, [], []), outputs);

        Assert.That(outputs, Is.EqualTo(model.Layers[0].Biases.ToArray()));
    }

    /// <summary>Rows in turn on several threads, each of which has entries of its own.</summary>
    [Test]
    public void Compute_OnManyThreads_GivesTheSameBits()
    {
        var layer = new SparseFirstLayer(Model(units: 70, members: 1));
        var rows = Enumerable.Range(0, 200).Select(row => Sparse([.. Row.Select(value => value * row)])).ToArray();
        float[][] alone = [.. rows.Select(Compute)];

        float[][] together = [.. rows.AsParallel().AsOrdered().WithDegreeOfParallelism(8).Select(Compute)];

        Assert.That(together, Is.EqualTo(alone));

        float[] Compute(VBuffer<float> row)
        {
            var outputs = new float[layer.UnitCount];
            layer.Compute(in row, outputs);
            return outputs;
        }
    }

    private static MlpModelParameters Model(int units, int members)
    {
        var architecture = new MlpArchitecture(Features, [units, 2], 3);
        return members == 1 ? Networks.Random(architecture, seed: 1) : Networks.RandomEnsemble(architecture, members, seed: 1);
    }

    private static VBuffer<float> Sparse(float[] features)
    {
        int[] slots = [.. Enumerable.Range(0, features.Length).Where(slot => features[slot] != 0)];
        return new VBuffer<float>(features.Length, slots.Length, [.. slots.Select(slot => features[slot])], slots);
    }
}
