// From images to predictions, top to bottom. Copy from here. Run it: dotnet run -c Release --project samples/MnistML.Quickstart
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML;
using MnistML.Datasets;

var mlContext = new MLContext(seed: 1);

// Load. Drawn digits need no download; for the real MNIST let MNIST_DATA_DIR name the folder that holds its four files.
var files = Environment.GetEnvironmentVariable("MNIST_DATA_DIR") is { Length: > 0 } folder
    ? MnistFiles.Find(folder)
    : SyntheticDigits.Write("mnistml-out/digits", trainCount: 12_000, testCount: 2_000, seed: 1);
var train = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
var test = mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels);

// Look. Features are the pixels row by row, from 0 (background) to 1 (ink). A label is a key: 0 means missing, 1 is the first class.
var digit = mlContext.Data.CreateEnumerable<Digit>(test, reuseRowObject: false).First();
var label = (int)digit.Label - 1;
Console.WriteLine($"The first test image is a {label}:");
foreach (var row in digit.Features.Chunk(Digit.Side))
{
    Console.WriteLine(string.Concat(row.Select(ink => ink > 0.5f ? "##" : ink > 0.1f ? "::" : "  ")).TrimEnd());
}

// Fit. A recipe is a record of options: change what you like by `with`. Progress also reports within epochs; Metrics come at their ends.
var options = MlpRecipes.Fast with { HiddenLayers = [256, 128], MaxEpochs = 3, Seed = 1, Progress = new EpochLines() };
using var model = mlContext.MulticlassClassification.Trainers.Mlp(mlContext, options).Fit(train);

// Evaluate, on images that the training has not seen.
var metrics = mlContext.MulticlassClassification.Evaluate(model.Transform(test));
Console.WriteLine($"Test accuracy: {metrics.MicroAccuracy:F4}, test loss: {metrics.LogLoss:F4}");

// The model's card says what it is and where it comes from. Describe().Markdown is all of it, as a document to keep beside the model.
Console.WriteLine(string.Join('\n', model.Describe().Summary));

// Save as an ML.NET model, and load it. LoadMlp scores in batches; mlContext.Model.Load works too, even without MnistML and libtorch.
mlContext.Model.Save(model, train.Schema, "mnistml-out/digits.zip");
var loaded = mlContext.Model.LoadMlp("mnistml-out/digits.zip", out _);
using var loadedNetwork = loaded as IDisposable; // it holds a session of ONNX Runtime

// Predict one. The engine is for one thread; it needs no `using` of its own, since what it holds is the model.
var engine = mlContext.Model.CreatePredictionEngine<Digit, Prediction>(loaded);
var prediction = engine.Predict(digit);
Console.WriteLine($"Predicted: {prediction.PredictedLabel - 1}, probability {prediction.Score.Max():F4}");

// Explain one loss. Score holds a probability for each class. The loss of a row is -ln of its label's probability: 0 where the network
// is sure and right, large where it is sure and wrong. The loss of a data set is the mean over its rows; here the set is one row.
var loss = -Math.Log(prediction.Score[label]);
var evaluated = mlContext.MulticlassClassification.Evaluate(loaded.Transform(mlContext.Data.TakeRows(test, 1))).LogLoss;
Console.WriteLine($"Loss of this image: -ln {prediction.Score[label]:F4} = {loss:F4}; Evaluate says {evaluated:F4}");

/// <summary>A row of the data as an object. Columns are found by the names of its properties.</summary>
internal sealed class Digit
{
    public const int Side = 28;

    [VectorType(Side * Side)] public float[] Features { get; set; } = [];
    [KeyType(10)] public uint Label { get; set; }
}

/// <summary>What the model adds to a row.</summary>
internal sealed class Prediction
{
    public uint PredictedLabel { get; set; }
    public float[] Score { get; set; } = [];
}

/// <summary>Writes a line for each epoch, on the thread that trains.</summary>
internal sealed class EpochLines : IProgress<MlpProgress>
{
    public void Report(MlpProgress value)
    {
        if (value.Metrics is { } epoch)
        {
            Console.WriteLine($"Epoch {epoch.Epoch}/{value.EpochCount}, loss {epoch.TrainLoss:F4}, accuracy {epoch.TrainAccuracy:F4}");
        }
    }
}
