using Microsoft.ML;
using MnistML.Tests.Support;

namespace MnistML.Tests.Scoring.Cursors;

/// <summary>Rows whose vector of features has another length than the column's type says.</summary>
public sealed class MlpTransformerLengthTests
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly MlpTransformer _transformer;

    public MlpTransformerLengthTests() => _transformer = ScoringCase.CreateTransformer(
        _mlContext,
        Networks.Random(new MlpArchitecture(2, [6], 3), seed: 5),
        Tables.Clusters(_mlContext, rows: 10).Schema);

    [OneTimeTearDown]
    public void Dispose() => _transformer.Dispose();

    [Test]
    public void Predict_NullOrOtherLength_ThrowsAndNeverScoresTheRowBefore([Values] bool isLoaded)
    {
        using var loaded = SavedModel.SaveAndLoadMlp(_mlContext, _transformer, Tables.Clusters(_mlContext, rows: 10).Schema);
        using var engine = _mlContext.Model.CreatePredictionEngine<KeyedPoint, Prediction>(
            isLoaded ? loaded : _transformer, new PredictionEngineOptions { OwnsTransformer = false });
        var first = Predict([2.5f, 0]);

        AssertRefused(null!, 0);
        var second = Predict([0.5f, 0]);
        AssertRefused([], 0);
        AssertRefused([1], 1);
        AssertRefused([1, 2, 3], 3);

        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(Predict([2.5f, 0]), Is.EqualTo(first));

        float[] Predict(float[] features) => engine.Predict(new KeyedPoint { Features = features }).Score;

        void AssertRefused(float[] features, int found) => Assert.That(
            () => Predict(features),
            Throws.InvalidOperationException.With.Message.Match(
                $"The feature column 'Features' holds {found} features.*, but the model was trained on 2\\. "));
    }

    [Test]
    public void Transform_NullOrOtherLength_ThrowsAtThatRow([Values] bool withFeatures, [Values(0, 1, 3)] int length)
    {
        var view = _transformer.Transform(_mlContext.Data.LoadFromEnumerable(new KeyedPoint[]
        {
            new() { Features = [2.5f, 0] }, new() { Features = [0.5f, 0] }, new() { Features = length == 0 ? null! : new float[length] },
        }));
        using var cursor = view.GetRowCursor(view.Schema.Where(column => column.Name == "Score" || withFeatures));

        Assert.That(cursor.MoveNext() && cursor.MoveNext(), Is.True);
        Assert.That(
            () => cursor.MoveNext(),
            Throws.InvalidOperationException.With.Message.EqualTo(
                $"The feature column 'Features' holds {length} features in row 2 (zero-based), but the model was trained on 2. "
                + "A null array counts as one of length 0: leave such rows out, or fill in their features."));
    }

    private sealed class Prediction
    {
        public float[] Score { get; set; } = [];
    }
}
