using Microsoft.ML;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring;

/// <summary>One transformer used by many threads, and disposed of while they use it.</summary>
public sealed class MlpTransformerThreadTests
{
    private const string Disposed =
        "The model was disposed while it was in use: dispose of it only when nothing reads its predictions any more.\nObject name: 'MlpTransformer'.";

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
    public void MoveNext_AfterDisposal_IsAClearError()
    {
        var transformer = CreateTransformer();
        var view = transformer.Transform(_data);
        using var cursor = view.GetRowCursor([view.Schema["Score"]]);
        cursor.MoveNext();

        transformer.Dispose();

        Assert.That(() => ReadToEnd(cursor), Throws.TypeOf<ObjectDisposedException>().With.Message.EqualTo(Disposed));
        Assert.That(() => Predictions.Scores(view), Throws.TypeOf<ObjectDisposedException>().With.Message.EqualTo(Disposed));
    }

    [Test]
    public void Predict_AfterDisposal_IsAClearError()
    {
        var transformer = CreateTransformer();
        using var engine = _mlContext.Model.CreatePredictionEngine<KeyedPoint, Prediction>(transformer, new PredictionEngineOptions { OwnsTransformer = false });
        var point = new KeyedPoint { Features = [1, 2] };
        engine.Predict(point);

        transformer.Dispose();

        Assert.That(() => engine.Predict(point), Throws.TypeOf<ObjectDisposedException>().With.Message.EqualTo(Disposed));
    }

    [Test]
    public void Dispose_WhileThreadsRead_EndsThemByAClearErrorOrNotAtAll()
    {
        for (var round = 0; round < 50; round++)
        {
            var transformer = CreateTransformer();
            Predictions.Scores(transformer.Transform(_mlContext.Data.TakeRows(_data, 1)));
            var errors = OnThreads(4, index =>
            {
                try
                {
                    if (index == 0)
                    {
                        Thread.SpinWait(round * 200);
                        transformer.Dispose();
                    }
                    else
                    {
                        Predictions.Scores(transformer.Transform(_data));
                    }

                    return null;
                }
                catch (ObjectDisposedException error)
                {
                    return error.Message;
                }
            });

            Assert.That(errors, Has.All.Null.Or.EqualTo(Disposed));
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
        using var engine = _mlContext.Model.CreatePredictionEngine<KeyedPoint, Prediction>(transformer, new PredictionEngineOptions { OwnsTransformer = false });
        return [.. points.Select(point => engine.Predict(point)).Select(prediction => Predictions.Bits(prediction.PredictedLabel, prediction.Score))];
    }

    private static void ReadToEnd(DataViewRowCursor cursor)
    {
        while (cursor.MoveNext())
        {
        }
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
