using System.Diagnostics;
using Microsoft.ML;

namespace MnistML.Benchmarks.Tasks;

/// <summary>A model of a task in a prediction engine, which it owns, and the times of its predictions.</summary>
internal sealed class SinglePredictions : IDisposable
{
    public const int Features = 30;
    public const int Count = 20_000;
    private const int Rows = 500;

    private readonly Action _predict;
    private readonly IDisposable _engine;
    private readonly List<double> _microseconds = [];

    private SinglePredictions(MlpTask task, Action predict, IDisposable engine) => (Task, _predict, _engine) = (task, predict, engine);

    public MlpTask Task { get; }

    public double MedianMicroseconds => Statistics.Median(_microseconds);

    /// <summary>The bytes that the last predictions allocated.</summary>
    public long AllocatedBytes { get; private set; }

    public static SinglePredictions Create<TPrediction>(MLContext mlContext, MlpTask task)
        where TPrediction : class, new()
    {
        var options = new PredictionEngineOptions { InputSchemaDefinition = TaskRow.CreateSchema(Features) };
        var model = TaskRow.Train(mlContext, task, Rows, Features, epochs: 1);
        var engine = mlContext.Model.CreatePredictionEngine<TaskRow, TPrediction>(model, options);
        var (row, prediction) = (TaskRow.Draw(rows: 1, Features).Single(), new TPrediction());
        return new SinglePredictions(task, () => engine.Predict(row, ref prediction), engine);
    }

    /// <summary>Makes <see cref="Count"/> predictions.</summary>
    public void Measure(bool isWarmUp)
    {
        var watch = new Stopwatch();
        var before = GC.GetAllocatedBytesForCurrentThread();
        watch.Start();
        for (var i = 0; i < Count; i++)
        {
            _predict();
        }

        watch.Stop();
        AllocatedBytes = GC.GetAllocatedBytesForCurrentThread() - before;
        if (!isWarmUp)
        {
            _microseconds.Add(watch.Elapsed.TotalMicroseconds / Count);
        }
    }

    public void Dispose() => _engine.Dispose();
}
