using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Tests.Support;

namespace MnistML.Tests.Common;

[NonParallelizable]
internal sealed class MlpMetricsTests
{
    private const int RowCount = 60;

    private static readonly MlpTrainer.Options Options = new()
    {
        HiddenLayers = [4],
        BatchSize = 16,
        MaxEpochs = 3,
        Schedule = MlpSchedule.Constant,
        Seed = 1,
    };

    [Test]
    public void Fit_OfSomeEpochs_CountsRowsUpdatesEpochsAndSeconds()
    {
        var mlContext = new MLContext(seed: 1);
        var data = Tables.Clusters(mlContext, RowCount);
        using var measured = new Measurements();

        using var model = new MlpTrainer(mlContext, Options).Fit(data);

        Assert.Multiple(() =>
        {
            Assert.That(measured.SumOf("mnistml.training.rows"), Is.EqualTo(3 * RowCount));
            Assert.That(measured.SumOf("mnistml.training.batches"), Is.EqualTo(3 * 4), "60 rows are 3 batches of 16 and one of 12");
            Assert.That(measured.SumOf("mnistml.training.epochs"), Is.EqualTo(3));
            Assert.That(measured.Of("mnistml.training.epoch.duration"), Is.EqualTo(model.History.Select(epoch => epoch.Seconds)));
        });
    }

    [Test]
    public void Transform_OfRows_CountsEachOnce()
    {
        var mlContext = new MLContext(seed: 1);
        var data = Tables.Clusters(mlContext, RowCount);
        using var model = new MlpTrainer(mlContext, Options).Fit(data);
        using var measured = new Measurements();

        var scores = model.Transform(data).GetColumn<float[]>("Score").ToArray();

        Assert.That(scores, Has.Length.EqualTo(RowCount));
        Assert.That(measured.SumOf("mnistml.scoring.rows"), Is.EqualTo(RowCount));
        Assert.That(measured.SumOf("mnistml.scoring.batches"), Is.InRange(1, RowCount));
        Assert.That(measured.Of("mnistml.training.epochs"), Is.Empty, "scoring is no training");
    }

    [Test]
    public void PredictionEngine_OfRows_CountsEachAsABatch()
    {
        var mlContext = new MLContext(seed: 1);
        using var model = new MlpTrainer(mlContext, Options).Fit(Tables.Clusters(mlContext, RowCount));
        using var engine = mlContext.Model.CreatePredictionEngine<Row, Answer>(
            model, inputSchemaDefinition: Schema(model), outputSchemaDefinition: null);
        using var measured = new Measurements();

        engine.Predict(new Row { Features = new float[model.Model.Architecture.InputSize] });
        engine.Predict(new Row { Features = new float[model.Model.Architecture.InputSize] });

        Assert.That(measured.SumOf("mnistml.scoring.rows"), Is.EqualTo(2));
        Assert.That(measured.SumOf("mnistml.scoring.batches"), Is.EqualTo(2));
    }

    private static SchemaDefinition Schema(MlpTransformer model)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = model.FeatureColumnType;
        return schema;
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];
    }

    private sealed class Answer
    {
        public float[] Score { get; set; } = [];
    }

    /// <summary>What the library's meter measures until it is disposed.</summary>
    private sealed class Measurements : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentQueue<(string Name, double Value)> _values = [];

        public Measurements()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == MlpMetrics.MeterName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _values.Enqueue((instrument.Name, value)));
            _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => _values.Enqueue((instrument.Name, value)));
            _listener.Start();
        }

        public double SumOf(string name) => Of(name).Sum();

        public double[] Of(string name) => [.. _values.Where(value => value.Name == name).Select(value => value.Value)];

        public void Dispose() => _listener.Dispose();
    }
}
