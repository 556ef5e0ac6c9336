using Microsoft.ML;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

/// <summary>One transformer used by many threads, and disposed while they use it.</summary>
public sealed class MlpTransformerThreadTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly IDataView _data;

    public MlpTransformerThreadTests() => _data = Tables.Clusters(_mlContext, rows: 1_000);

    [Test]
    public void Transform_OnSixteenThreads_GivesTheBitsOfOne()
    {
        using var transformer = CreateTransformer();
        var expected = Predictions.Bits(transformer.Transform(_data));
        var points = _mlContext.Data.CreateEnumerable<KeyedPoint>(_data, reuseRowObject: false).ToArray();

        var found = OnThreads(16, index => index % 2 == 0 ? Predictions.Bits(transformer.Transform(_data)) : OneByOne(transformer, points));

        Assert.That(found, Has.Length.EqualTo(16).And.All.EqualTo(expected));
    }

    [Test]
    public void MoveNext_AfterDisposal_ReadsOn()
    {
        var transformer = CreateTransformer();
        var view = transformer.Transform(_data);
        var expected = Predictions.Bits(view);
        using var cursor = view.GetRowCursor([view.Schema["Score"]]);
        cursor.MoveNext();

        transformer.Dispose();

        Assert.That(CountRest(cursor), Is.EqualTo(999));
        Assert.That(Predictions.Bits(view), Is.EqualTo(expected), "a new cursor opens the session again");
    }

    [Test]
    public void Predict_AfterDisposal_PredictsTheSame()
    {
        var transformer = CreateTransformer();
        using var engine = CreateEngine(transformer, ownsTransformer: false);
        var point = new KeyedPoint { Features = [1, 2] };
        var expected = engine.Predict(point).Score;

        transformer.Dispose();

        Assert.That(engine.Predict(point).Score, Is.EqualTo(expected));
    }

    [Test]
    public void PredictionEngineDispose_OwnsTheTransformer_LeavesItUsable()
    {
        var transformer = CreateTransformer();
        var point = new KeyedPoint { Features = [1, 2] };
        using var other = CreateEngine(transformer, ownsTransformer: false);
        var expected = other.Predict(point).Score;
        for (var request = 0; request < 3; request++)
        {
            using var engine = CreateEngine(transformer, ownsTransformer: true);
            Assert.That(engine.Predict(point).Score, Is.EqualTo(expected));
        }

        Assert.That(other.Predict(point).Score, Is.EqualTo(expected));
        Assert.That(
            OneByOne(transformer, [point]),
            Is.EqualTo(Predictions.Bits(transformer.Transform(_mlContext.Data.LoadFromEnumerable([point])))));
    }

    [Test]
    public void Dispose_WhileThreadsRead_DisturbsNone()
    {
        using var undisposed = CreateTransformer();
        var expected = Predictions.Scores(undisposed.Transform(_data));
        for (var round = 0; round < 50; round++)
        {
            var transformer = CreateTransformer();
            var found = OnThreads(4, index =>
            {
                if (index > 0)
                {
                    return Predictions.Scores(transformer.Transform(_data));
                }

                Thread.SpinWait(round * 200);
                transformer.Dispose();
                return expected;
            });

            Assert.That(found, Has.All.EqualTo(expected));
        }
    }

    [Test]
    public void Dispose_Twice_DoesNothing()
    {
        var transformer = CreateTransformer();
        transformer.Dispose();

        Assert.That(transformer.Dispose, Throws.Nothing);
    }

    private MlpTransformer CreateTransformer() =>
        ScoringCase.CreateTransformer(_mlContext, Networks.Random(new MlpArchitecture(2, [6], 3), seed: 5), _data.Schema);

    private IReadOnlyList<string> OneByOne(MlpTransformer transformer, KeyedPoint[] points)
    {
        using var engine = CreateEngine(transformer, ownsTransformer: false);
        return [.. points.Select(point => engine.Predict(point)).Select(
            prediction => Predictions.Bits(prediction.PredictedLabel, prediction.Score))];
    }

    private PredictionEngine<KeyedPoint, Prediction> CreateEngine(MlpTransformer transformer, bool ownsTransformer) =>
        _mlContext.Model.CreatePredictionEngine<KeyedPoint, Prediction>(
            transformer, new PredictionEngineOptions { OwnsTransformer = ownsTransformer });

    private static int CountRest(DataViewRowCursor cursor)
    {
        var count = 0;
        while (cursor.MoveNext())
        {
            count++;
        }

        return count;
    }

    private static TResult[] OnThreads<TResult>(int count, Func<int, TResult> work)
    {
        var results = new TResult[count];
        var threads = Enumerable.Range(0, count).Select(index => new Thread(() => results[index] = work(index))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return results;
    }

    private sealed class Prediction
    {
        public uint PredictedLabel { get; set; }

        public float[] Score { get; set; } = [];
    }
}
