// Uses every promised name of MnistML, through the package alone, and checks the results. Prints one line if all is well.

using System.Diagnostics.Metrics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MnistML;
using MnistML.Datasets;
using MnistML.Idx;

var mlContext = new MLContext(seed: 1);
var folder = Directory.CreateTempSubdirectory("contract-").FullName;
string In(string name) => Path.Combine(folder, name);

// Data sets: records, and digits drawn by the library.
MnistDataset[] datasets =
[
    MnistDataset.Mnist,
    MnistDataset.FashionMnist,
    MnistDataset.KuzushijiMnist,
    MnistDataset.QMnist,
    MnistDataset.EmnistDigits,
    MnistDataset.EmnistLetters,
    MnistDataset.EmnistBalanced,
];
foreach (var dataset in datasets)
{
    Require(dataset.Files.Count == 4 && dataset.Mirrors.Count > 0 && dataset.ClassNames.Count >= 10, $"{dataset} is filled in");
}

Require((MnistDataset.Mnist with { Mirrors = [new Uri("http://127.0.0.1:1/")] }).Mirrors[0].Port == 1, "a data set takes another mirror");
using var nobody = new HttpClient(new NoNetwork());
var progress = new Progress<DownloadProgress>(_ => { });
await ThrowsAsync<HttpRequestException>(() => MnistDataset.Mnist.DownloadAsync(In("cache"), nobody, progress, CancellationToken.None));

MnistFiles files = SyntheticDigits.Write(In("digits"), trainCount: 600, testCount: 200, seed: 1);
SyntheticDigits.WriteContinental(In("continental"), trainCount: 20, testCount: 10, seed: 1);

// IDX files by themselves.
IdxFile images = IdxFile.Read(files.TrainImages);
IdxHeader header = images.Header;
Require(header.ElementType == IdxElementType.UInt8, "the header has the element type of the file");
Require(header.Dimensions.SequenceEqual([600, 28, 28]), "the header has the dimensions of the file");
IdxElementType[] elementTypes =
[
    IdxElementType.UInt8,
    IdxElementType.Int8,
    IdxElementType.Int16,
    IdxElementType.Int32,
    IdxElementType.Single,
    IdxElementType.Double,
];
foreach (var type in elementTypes)
{
    Require(Enum.IsDefined(type), "an element type");
}

Require((int)IdxElementType.UInt8 == 0x08 && (int)IdxElementType.Double == 0x0E, "element types have the format's numbers");
IdxFile.Write<float>(In("floats.idx"), [1f, 2f, 3f, 4f, 5f, 6f], [2, 3]);
using (var stream = File.OpenRead(In("floats.idx")))
{
    Require(IdxFile.Read(stream).ToArray<float>().SequenceEqual([1f, 2f, 3f, 4f, 5f, 6f]), "a stream is read back");
}

File.WriteAllText(In("bad.idx"), "<html>");
Throws<InvalidDataException>(() => IdxFile.Read(In("bad.idx")));

// As data of ML.NET, and back.
IDataView train = mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels);
IDataView test = mlContext.Data.LoadFromIdx(files.TestImages, files.TestLabels, new IdxLoaderOptions
{
    ClassNames = null,
    ClassCount = 10,
    FirstLabel = 0,
    LabelField = null,
    Scale = 1 / 255f,
    Transpose = false,
    FeatureColumnName = "Features",
    ImageColumnName = "Image",
    LabelColumnName = "Label",
});
Require(train.Schema.Select(column => column.Name).Order().SequenceEqual(["Features", "Image", "Label"]), "three columns");
Require(
    train.Schema["Image"].Type is VectorDataViewType { Dimensions: [28, 28] } image && image.ItemType == NumberDataViewType.Byte,
    "Image is bytes as in the file");
Require(
    train.Schema["Features"].Type is VectorDataViewType { Size: 784 } features && features.ItemType == NumberDataViewType.Single,
    "Features is a vector of Single");
Require(train.Schema["Label"].Type is KeyDataViewType { Count: 10 }, "Label is a key");
VBuffer<uint> keyValues = default;
train.Schema["Label"].GetKeyValues(ref keyValues);
Require(keyValues.DenseValues().SequenceEqual(Enumerable.Range(0, 10).Select(i => (uint)i)), "a view with key values");
Require(train.CanShuffle && train.GetRowCount() == 600, "a view that knows its rows");
mlContext.Data.SaveAsIdx(train, In("saved-images"), In("saved-labels"), new IdxSaverOptions());
Require(File.ReadAllBytes(In("saved-labels")).SequenceEqual(File.ReadAllBytes(files.TrainLabels)), "labels are saved as they were");

// Options, every one of them.
var epochs = new List<MlpProgress>();
using var neverCancelled = new CancellationTokenSource();
var options = new MlpTrainer.Options
{
    LabelColumnName = "Label",
    FeatureColumnName = "Features",
    ExampleWeightColumnName = null,
    HiddenLayers = [32, 16],
    Members = 1,
    OutOfFold = false,
    Activation = MlpActivation.Relu,
    DropoutRate = 0.1,
    BatchNormalization = true,
    Initializer = MlpInitializer.KaimingUniform,
    Optimizer = MlpOptimizer.AdamW(learningRate: 0.003),
    Schedule = MlpSchedule.OneCycle(),
    FeatureScaling = MlpFeatureScaling.Standardize,
    FeatureEncoding = MlpFeatureEncoding.None,
    LearnedFeatureFactors = false,
    SparseFeatures = false,
    BatchSize = 32,
    MaxEpochs = 5,
    LabelSmoothing = 0.05,
    CalibrateTemperature = false,
    ClassWeights = MlpClassWeights.Balanced,
    ValidationFraction = 0.2,
    EarlyStopping = new MlpEarlyStopping(patience: 3, minimumImprovement: 0.0001),
    Augmentation = null,
    GradientClipNorm = 5,
    Precision = MlpPrecision.Single,
    Device = "cpu",
    Seed = 1,
    ThreadCount = 1,
    Progress = new Immediate<MlpProgress>(epochs.Add),
    CancellationToken = neverCancelled.Token,
    OnCancellation = MlpOnCancellation.Throw,
    Group = null,
    BatchStatistics = MlpBatchStatistics.Local,
    InvalidFeatures = MlpInvalidFeatures.Throw,
    CheckpointPath = In("digits.checkpoint"),
    MaxCacheBytes = 64 << 20,
};
MlpActivation[] activations =
[
    MlpActivation.Relu,
    MlpActivation.LeakyRelu,
    MlpActivation.Gelu,
    MlpActivation.Silu,
    MlpActivation.Tanh,
    MlpActivation.Sigmoid,
];
foreach (var activation in activations)
{
    _ = options with { Activation = activation };
}

MlpInitializer[] initializers =
[
    MlpInitializer.Default,
    MlpInitializer.Normal(0.01),
    MlpInitializer.XavierUniform,
    MlpInitializer.XavierNormal,
    MlpInitializer.KaimingUniform,
    MlpInitializer.KaimingNormal,
];
MlpOptimizer[] optimizers =
[
    MlpOptimizer.Sgd(learningRate: 0.2, momentum: 0.9, nesterov: true, weightDecay: 1e-4),
    MlpOptimizer.Adam(),
    MlpOptimizer.AdamW(),
];
MlpSchedule[] schedules =
[
    MlpSchedule.Constant,
    MlpSchedule.StepDecay(everyEpochs: 2),
    MlpSchedule.Cosine(),
    MlpSchedule.OneCycle(),
    MlpSchedule.ReduceOnPlateau(),
    MlpSchedule.DoublingCycles(firstEpochs: 4, cycles: 4, maxUpdates: 2400),
    MlpSchedule.Constant with { WarmUpEpochs = 1 },
];
MlpFeatureScaling[] scalings =
[
    MlpFeatureScaling.None,
    MlpFeatureScaling.Standardize,
    MlpFeatureScaling.BoundedStandardize,
    MlpFeatureScaling.Quantile,
    MlpFeatureScaling.Auto,
    MlpFeatureScaling.MaxAbsAboveOne,
];
MlpFeatureEncoding[] encodings = [MlpFeatureEncoding.Auto, MlpFeatureEncoding.None, MlpFeatureEncoding.PiecewiseLinear(bins: 8)];
MlpClassWeights[] weights = [MlpClassWeights.None, MlpClassWeights.Balanced, MlpClassWeights.Explicit(Enumerable.Repeat(1.0, 10))];
MlpPrecision[] precisions = [MlpPrecision.Auto, MlpPrecision.Single, MlpPrecision.BFloat16];
Require(initializers.Length + optimizers.Length + schedules.Length + scalings.Length == 22, "choices");
Require(encodings.Distinct().Count() + weights.Length + precisions.Length == 9, "more choices");
using (new MlpTrainer(mlContext, new MlpTrainer.Options { Group = new Alone(), MaxEpochs = 1, HiddenLayers = [4] }).Fit(
    mlContext.Data.LoadFromIdx(files.TrainImages, files.TrainLabels)))
{
    Require(IMlpGroup.ThrownByAll.Length > 0 && MlpBatchStatistics.Synchronized == default, "a group of one trains");
}

_ = options with { OnCancellation = MlpOnCancellation.ReturnBest, InvalidFeatures = MlpInvalidFeatures.SkipRow, Device = "auto" };
var violations = Throws<ArgumentException>(() => new MlpTrainer(mlContext, options with { BatchSize = 0, DropoutRate = 2 })).Message;
Require(violations.Contains("BatchSize") && violations.Contains("DropoutRate"), "every violation is named");

// Augmentation, and the recipes.
var augmented = options with { Augmentation = new MlpAugmentation(28, 28), CheckpointPath = null, MaxEpochs = 1 };
Require(MlpRecipes.Accurate(28, 28).Augmentation is not null, "Accurate augments");
Require(new MlpTrainer.Options() == MlpRecipes.Fast, "new Options() equals Fast");
Require(MlpRecipes.Classic.HiddenLayers is [512, 256], "Classic has the layers of the original script");
Require(
    MlpRecipes.Classic is { BatchSize: 256, MaxEpochs: 20, Precision: MlpPrecision.Single },
    "Classic has the options of the original script");
Require(
    new MlpTrainer.Options() is { HiddenLayers: null, Members: null, OutOfFold: null, Schedule: null, BatchSize: null, MaxEpochs: null },
    "rules choose the network and its training");
Require(
    MlpRecipes.Tabular is { HiddenLayers: [128, 128], Members: 8, OutOfFold: true, CalibrateTemperature: true, DropoutRate: 0.3 },
    "Tabular is an ensemble");
Require(new MlpTrainer.Options(MlpRecipes.Classic) { MaxEpochs = 3 } == MlpRecipes.Classic with { MaxEpochs = 3 }, "a copy of options");

// Training.
ITrainerEstimator<MlpTransformer, MlpModelParameters> trainer = mlContext.MulticlassClassification.Trainers.Mlp(mlContext, options);
_ = mlContext.MulticlassClassification.Trainers.Mlp(
    mlContext, labelColumnName: "Label", featureColumnName: "Features", exampleWeightColumnName: null);
_ = new MlpTrainer(mlContext, labelColumnName: "Label", featureColumnName: "Features", exampleWeightColumnName: null);
Require(trainer.Info is not null, "information about the trainer");
// Only ML.NET can create a shape with columns.
Throws<ArgumentOutOfRangeException>(() => trainer.GetOutputSchema(new SchemaShape([])));
using MlpTransformer model = trainer.Fit(train);
Require(epochs.Count(report => report.Metrics is not null) == model.History.Count, "progress and history");
Require(epochs.All(report => report.Cycle == 1), "one cycle");
Require(File.Exists(In("digits.checkpoint")), "a checkpoint");
using var augmentedModel = new MlpTrainer(mlContext, augmented).Fit(train);
var furtherOptions = options with { ValidationFraction = 0, CheckpointPath = null, MaxEpochs = 2 };
using var further = new MlpTrainer(mlContext, furtherOptions).Fit(train, test, initialModel: model.Model);
Require(further.History is [{ ValidationAccuracy: > 0 }, ..], "a warm start, validated");
using var byName = new MlpTrainer(mlContext, furtherOptions with { KeepMissingClasses = true }).Fit(train, test, initial: model);
Require((byName.ClassNames ?? []).SequenceEqual(model.ClassNames ?? []), "a warm start whose classes are found by their names");
IReadOnlyList<string>? featureNames = byName.FeatureNames;
Require(featureNames is null, "pixels have no names");
Throws<ArgumentOutOfRangeException>(() => new MlpTrainer(mlContext, "Image").Fit(train));

// Predictions, and the network.
ISingleFeaturePredictionTransformer<MlpModelParameters> scorer = model;
IDataView scored = scorer.Transform(test);
var metrics = mlContext.MulticlassClassification.Evaluate(scored);
var probabilities = scored.GetColumn<float[]>("Score").ToArray();
Require(probabilities.All(row => Math.Abs(row.Sum() - 1) < 1e-5), "probabilities");
Require(scored.Schema["PredictedLabel"].Type is KeyDataViewType { Count: 10 }, "a key");
Require(scored.Schema["PredictedLabel"].Annotations.Schema.Any(annotation => annotation.Name == "KeyValues"), "annotations");
MlpArchitecture architecture = model.Model.Architecture;
Require(architecture.ToString() == "784-32-16-10", "an architecture");
Require(model.Model.Layers[0].Weights.Length == 784 * 32 && model.Model.Layers[2].Biases.Length == 10, "weights and biases per layer");
model.Model.Save(In("digits.safetensors"));
var reloaded = MlpModelParameters.Load(In("digits.safetensors"));
Require(reloaded.Layers[1].Weights.Span.SequenceEqual(model.Model.Layers[1].Weights.Span), "safetensors");
model.SaveAsOnnx(In("digits.onnx"));
using (var onnx = new MemoryStream())
{
    model.SaveAsOnnx(onnx);
    Require(onnx.ToArray().SequenceEqual(File.ReadAllBytes(In("digits.onnx"))), "ONNX by path and stream");
}

// Metrics: each row that is scored is counted.
var scoredRows = 0L;
using (var listener = new MeterListener())
{
    listener.InstrumentPublished = (instrument, metrics) =>
    {
        if (instrument.Meter.Name == MlpMetrics.MeterName && instrument.Name == "mnistml.scoring.rows")
        {
            metrics.EnableMeasurementEvents(instrument);
        }
    };
    listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref scoredRows, value));
    listener.Start();
    _ = model.Transform(test).GetColumn<float[]>("Score").Count();
}

Require(scoredRows == 200, "metrics count the rows that are scored");

// Saved, and loaded in both ways.
mlContext.Model.Save(model, train.Schema, In("digits.zip"));
ITransformer plain = mlContext.Model.Load(In("digits.zip"), out DataViewSchema _);
Require(Same(plain.Transform(test), probabilities), "the same bits, loaded by ML.NET");
ITransformer loaded = mlContext.Model.LoadMlp(In("digits.zip"), out DataViewSchema inputSchema);
MlpTransformer found = MlpTransformer.Find(loaded) ?? throw new InvalidOperationException("No network is found.");
Require(Same(loaded.Transform(test), probabilities), "the same bits, loaded by LoadMlp");
Require(inputSchema.Count == 3 && found.History.Count == model.History.Count, "the input schema and the history, loaded by LoadMlp");
Require(Columns(found.GetOutputSchema(test.Schema)).SequenceEqual(Columns(scored.Schema)), "the same schema");
using (var zip = File.OpenRead(In("digits.zip")))
{
    Require(MlpTransformer.Find(mlContext.Model.LoadMlp(zip, out _)) is not null, "LoadMlp takes a stream");
}

// As any trainer of ML.NET: text labels in a pipeline, cross-validated.
var pipeline = mlContext.Transforms.Conversion.MapValueToKey("Label", nameof(Shape.Name))
    .Append(mlContext.Transforms.Concatenate("Features", nameof(Shape.Width), nameof(Shape.Height)))
    .Append(mlContext.MulticlassClassification.Trainers.Mlp(mlContext, MlpRecipes.Fast with { HiddenLayers = [8], MaxEpochs = 100 }))
    .Append(mlContext.Transforms.Conversion.MapKeyToValue("PredictedLabel"));
var shapes = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 120).Select(i => new Shape
{
    Width = i % 11 + 1,
    Height = 1 + i % 7,
    Name = i % 11 > i % 7 ? "wide" : "tall",
}));
var folds = mlContext.MulticlassClassification.CrossValidate(shapes, pipeline, numberOfFolds: 3);
var shapesModel = pipeline.Fit(shapes);
Require(shapesModel.Transform(shapes).Schema["Score"].HasSlotNames(), "scores are named by their classes");
var engine = mlContext.Model.CreatePredictionEngine<Shape, Prediction>(shapesModel);
Require(folds.Count == 3 && engine.Predict(new Shape { Width = 9, Height = 2 }).PredictedLabel == "wide", "two classes, in a pipeline");

// The other tasks: Boolean labels and numbers, with what they add.
IDataView boxes = mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, 120).Select(i => new Box
{
    Features = [i % 11, i % 7],
    IsWide = i % 11 > i % 7,
    Area = 1000 + i % 11 * (i % 7),
    Weight = 1 + i % 2,
}));
var binaryOptions = new MlpBinaryTrainer.Options
{
    LabelColumnName = nameof(Box.IsWide),
    ExampleWeightColumnName = nameof(Box.Weight),
    HiddenLayers = [8],
    BatchSize = 16,
    MaxEpochs = 100,
    LabelSmoothing = 0.01,
    ClassWeights = MlpClassWeights.Explicit(1, 2),
};
var regressionOptions = new MlpRegressionTrainer.Options
{
    LabelColumnName = nameof(Box.Area),
    HiddenLayers = [8],
    BatchSize = 16,
    MaxEpochs = 100,
    ValidationFraction = 0.2,
    Loss = MlpRegressionLoss.Squared,
};
MlpClassificationOptions[] ofClasses = [binaryOptions, options];
MlpTrainingOptions[] ofTrainings = [.. ofClasses, regressionOptions];
Require(ofTrainings.Select(shared => shared.LabelColumnName).SequenceEqual(["IsWide", "Label", "Area"]), "options that tasks share");
Require(new MlpBinaryTrainer.Options(binaryOptions) { Seed = 2 } == binaryOptions with { Seed = 2 }, "a copy of binary options");
Require(new MlpRegressionTrainer.Options(regressionOptions) { Seed = 2 } == regressionOptions with { Seed = 2 }, "a copy of regression's");
MlpRegressionLoss[] losses =
[
    MlpRegressionLoss.Squared,
    MlpRegressionLoss.Absolute,
    MlpRegressionLoss.Huber(delta: 2),
    MlpRegressionLoss.Quantile(alpha: 0.9),
];
Require(losses.Distinct().Count() == 4 && losses[2].Delta == 2 && losses[3].Alpha == 0.9, "losses");
Throws<ArgumentException>(() => new MlpRegressionTrainer(mlContext, regressionOptions with { Loss = MlpRegressionLoss.Quantile(1) }));
_ = mlContext.BinaryClassification.Trainers.Mlp(
    mlContext, labelColumnName: "Label", featureColumnName: "Features", exampleWeightColumnName: null);
_ = mlContext.Regression.Trainers.Mlp(mlContext, labelColumnName: "Label", featureColumnName: "Features", exampleWeightColumnName: null);
_ = new MlpBinaryTrainer(mlContext, labelColumnName: "Label", featureColumnName: "Features", exampleWeightColumnName: null);
_ = new MlpRegressionTrainer(mlContext, labelColumnName: "Label", featureColumnName: "Features", exampleWeightColumnName: null);

ITrainerEstimator<MlpTransformer, MlpModelParameters> binaryTrainer = mlContext.BinaryClassification.Trainers.Mlp(mlContext, binaryOptions);
Throws<ArgumentOutOfRangeException>(() => binaryTrainer.GetOutputSchema(new SchemaShape([])));
using MlpTransformer binary = binaryTrainer.Fit(boxes);
var binaryMetrics = mlContext.BinaryClassification.Evaluate(binary.Transform(boxes), nameof(Box.IsWide));
Require(binaryTrainer.Info is not null && binaryMetrics.AreaUnderRocCurve > 0.95, "binary classification");
Require(binary is { Task: MlpTask.Binary, Threshold: 0f, ClassNames: null }, "a binary model");
Require(binary.Model.Architecture is { Task: MlpTask.Binary, OutputSize: 1, ClassCount: 2 }, "the architecture of a binary model");
Require(binary.History[^1] is { TrainAccuracy: > 0.8, TrainRootMeanSquaredError: null }, "the history of a binary model");
using MlpTransformer never = mlContext.BinaryClassification.ChangeModelThreshold(binary, float.MaxValue);
Require(never.Transform(boxes).GetColumn<bool>("PredictedLabel").All(label => !label) && binary.Threshold == 0, "a threshold");
Throws<ArgumentOutOfRangeException>(() => mlContext.BinaryClassification.ChangeModelThreshold(binary, float.NaN));
Throws<ArgumentException>(() => mlContext.BinaryClassification.ChangeModelThreshold(model, 0));
mlContext.Model.Save(never, boxes.Schema, In("never.zip"));
var neverLoaded = mlContext.Model.Load(In("never.zip"), out _);
Require(neverLoaded.Transform(boxes).GetColumn<bool>("PredictedLabel").All(label => !label), "a threshold, loaded by ML.NET");
var neverFound = MlpTransformer.Find(mlContext.Model.LoadMlp(In("never.zip"), out _));
Require(neverFound is { Threshold: float.MaxValue, Task: MlpTask.Binary }, "a threshold, loaded by LoadMlp");

ITrainerEstimator<MlpTransformer, MlpModelParameters> regressionTrainer =
    mlContext.Regression.Trainers.Mlp(mlContext, regressionOptions);
Throws<ArgumentOutOfRangeException>(() => regressionTrainer.GetOutputSchema(new SchemaShape([])));
using MlpTransformer regression = regressionTrainer.Fit(boxes);
var regressionMetrics = mlContext.Regression.Evaluate(regression.Transform(boxes), nameof(Box.Area));
Require(regressionTrainer.Info is not null && regressionMetrics.RSquared > 0.5, "regression");
Require(regression is { Task: MlpTask.Regression, Threshold: null }, "a regression model");
Require(
    regression.History[^1] is { TrainAccuracy: null, TrainRootMeanSquaredError: > 0, ValidationRootMeanSquaredError: > 0 },
    "the history of a regression");
var areas = regression.Transform(boxes).GetColumn<float>("Score").ToArray();
mlContext.Model.Save(regression, boxes.Schema, In("areas.zip"));
var areasLoaded = mlContext.Model.Load(In("areas.zip"), out _);
Require(areasLoaded.Transform(boxes).GetColumn<float>("Score").SequenceEqual(areas), "the same bits of a regression, loaded by ML.NET");
regression.Model.Save(In("areas.safetensors"));
Require(MlpModelParameters.Load(In("areas.safetensors")).Architecture.Task == MlpTask.Regression, "safetensors have the task");
using (var weightsFile = File.OpenRead(In("areas.safetensors")))
{
    Require(MlpModelParameters.Load(weightsFile, MlpActivation.Relu, MlpTask.Regression).Layers.Count == 2, "a task of safetensors");
}

// What tables get: an ensemble on encoded features, with a loss of each row by a network that left it out.
using MlpTransformer ensemble = new MlpBinaryTrainer(
    mlContext, new MlpBinaryTrainer.Options { LabelColumnName = nameof(Box.IsWide), Members = 3 }).Fit(boxes);
Require(
    ensemble.Model.Architecture is { InputSize: 2, EncodedSize: 16, HiddenLayers: [128, 128], MemberCount: 3 },
    "the architecture of an ensemble");
Require(ensemble.Model.Architecture.ToString() == "2(16)-128-128-1 x 3", "the architecture of an ensemble as text");
IReadOnlyList<MlpModelParameters> members = ensemble.Model.Members;
Require(members.Count == 3 && members[2].Layers.Count == 3 && members[2].Members.Count == 1, "members");
Throws<InvalidOperationException>(() => _ = ensemble.Model.Layers.Count);
MlpEncoding encoding = ensemble.Model.Encoding ?? throw new InvalidOperationException("There is no encoding.");
MlpEncodedColumn lastColumn = encoding.Columns[^1];
Require(lastColumn is { Feature: 1, IsBin: true, Low: 5f, High: 6f } && encoding.FeatureCount == 2, "bins at the values of a feature");
var encoded = new float[encoding.Columns.Count];
encoding.Encode([0, 6], encoded);
Require(encoded.Sum() == 6 && encoded[^1] == 1, "an encoded row");
Require(
    ensemble.History.Any(epoch => epoch is { OutOfFoldLoss: > 0, OutOfFoldAccuracy: > 0.5, OutOfFoldRootMeanSquaredError: null }),
    "an out-of-fold loss");
var logits = ensemble.Transform(boxes).GetColumn<float>("Score").ToArray();
mlContext.Model.Save(ensemble, boxes.Schema, In("ensemble.zip"));
var ensembleLoaded = mlContext.Model.Load(In("ensemble.zip"), out _);
Require(ensembleLoaded.Transform(boxes).GetColumn<float>("Score").SequenceEqual(logits), "the same bits of an ensemble, loaded by ML.NET");
ensemble.Model.Save(In("ensemble.safetensors"));
var ensembleWeights = MlpModelParameters.Load(In("ensemble.safetensors"));
Require(ensembleWeights.Architecture == ensemble.Model.Architecture, "safetensors of an ensemble");
Require(ensembleWeights.Encoding == encoding, "the encoding in safetensors");

MlpModelCard card = ensemble.Describe();
Require(card.Text.Contains("2(16)-128-128-1 x 3") && card.Markdown.StartsWith("# Model card: "), "a model's card");
Require(card.Summary.Count > 4 && card.ToString() == card.Text, "the summary of a card");

using var warm = new MlpRegressionTrainer(mlContext, regressionOptions with { ValidationFraction = 0, MaxEpochs = 1 })
    .Fit(boxes, boxes, initialModel: regression.Model);
using var warmByName = new MlpRegressionTrainer(mlContext, regressionOptions with { ValidationFraction = 0, MaxEpochs = 1 })
    .Fit(boxes, null, initial: regression);
using var warmBinary = new MlpBinaryTrainer(mlContext, binaryOptions with { ValidationFraction = 0, MaxEpochs = 1 })
    .Fit(boxes, null, initial: binary);
Throws<ArgumentException>(() => new MlpRegressionTrainer(mlContext, regressionOptions).Fit(boxes, null, initialModel: binary.Model));
var withTask = new MlpArchitecture(2, [8], outputSize: 1, MlpActivation.Relu, MlpTask.Binary);
Require(withTask.ToString() == "2-8-1", "an architecture with a task");
var withMembers = new MlpArchitecture(2, [8], 1, MlpActivation.Relu, MlpTask.Binary, memberCount: 4, encodedSize: 12);
Require(withMembers.ParameterCount == 4 * ((12 * 8) + 8 + 8 + 1), "an architecture of members on encoded features");
Require(Enum.GetValues<MlpTask>().SequenceEqual([MlpTask.Multiclass, MlpTask.Binary, MlpTask.Regression]), "three tasks");

Directory.Delete(folder, recursive: true);
var accuracy = $"{metrics.MicroAccuracy:F3} on digits after {model.History.Count} epochs";
Console.WriteLine($"All promised names exist and do what they should: {accuracy}");

static bool Same(IDataView scored, float[][] expected) =>
    scored.GetColumn<float[]>("Score").Zip(expected).All(pair => pair.First.SequenceEqual(pair.Second));

static IEnumerable<(string Name, DataViewType Type)> Columns(DataViewSchema schema) => schema.Select(column => (column.Name, column.Type));

static void Require(bool isTrue, string what)
{
    if (!isTrue)
    {
        throw new InvalidOperationException($"Not so: {what}.");
    }
}

static T Throws<T>(Action action)
    where T : Exception
{
    try
    {
        action();
    }
    catch (T error)
    {
        return error;
    }

    throw new InvalidOperationException($"No {typeof(T).Name}.");
}

static async Task ThrowsAsync<T>(Func<Task> action)
    where T : Exception
{
    try
    {
        await action();
    }
    catch (T)
    {
        return;
    }

    throw new InvalidOperationException($"No {typeof(T).Name}.");
}

internal sealed class Alone : IMlpGroup
{
    public int Rank => 0;

    public int Size => 1;

    public void Sum(Span<float> values)
    {
    }

    public void Sum(Span<double> values)
    {
    }

    public void Broadcast(Span<byte> values)
    {
    }

    public void Abort(string reason) => throw new InvalidOperationException(reason);
}

internal sealed class Immediate<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}

internal sealed class NoNetwork : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        throw new HttpRequestException("There is no network.");
}

internal sealed class Shape
{
    public float Width { get; set; }

    public float Height { get; set; }

    public string Name { get; set; } = "";
}

internal sealed class Box
{
    [VectorType(2)]
    public float[] Features { get; set; } = [];

    public bool IsWide { get; set; }

    public float Area { get; set; }

    public float Weight { get; set; }
}

internal sealed class Prediction
{
    public string PredictedLabel { get; set; } = "";
}
