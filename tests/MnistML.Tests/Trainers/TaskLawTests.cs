using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MnistML.Tests.Support;

namespace MnistML.Tests.Trainers;

/// <summary>What holds for ML.NET's own trainers holds for ours, for each task: columns, annotations, cursors, saving.</summary>
[TestFixtureSource(typeof(TaskCase), nameof(TaskCase.Networks))]
internal sealed class TaskLawTests(MlpTask task, bool isEnsemble)
{
    private readonly MLContext _mlContext = new(seed: 1);
    private readonly TaskCase _case = new(task, isEnsemble);
    private IDataView _data = null!;
    private MlpTransformer _model = null!;

    [OneTimeSetUp]
    public void Fit()
    {
        _data = TaskCase.Data(_mlContext, rows: 90);
        _model = TaskCase.Trainer(_mlContext, _case.Small).Fit(_data);
    }

    [OneTimeTearDown]
    public void Dispose() => _model.Dispose();

    [Test]
    public void Task_OfTheModel_IsTheTrainers()
    {
        Assert.That(_model.Task, Is.EqualTo(task));
        Assert.That(_model.Model.Architecture.Task, Is.EqualTo(task));
        Assert.That(_model.Model.Architecture.OutputSize, Is.EqualTo(task == MlpTask.Multiclass ? 3 : 1));
        Assert.That(_model.Threshold, Is.EqualTo(task == MlpTask.Binary ? 0 : (float?)null));
        Assert.That(_model.ClassNames, Is.Null);
    }

    [Test]
    public void Schema_OfPredictions_IsTheStockTrainersWithAllAnnotations()
    {
        var stock = _case.StockTrainer(_mlContext).Fit(_data);
        var expected = _case.OutputSchema(stock.GetOutputSchema(_data.Schema));
        using var restored = SavedModel.SaveAndLoadMlp(_mlContext, (ITransformer)_model, _data.Schema) as IDisposable;
        using var loaded = SavedModel.SaveAndLoad(_mlContext, _model, _data.Schema);

        Assert.That(_model.GetOutputSchema(_data.Schema).Select(column => column.Name),
            Is.EqualTo(stock.GetOutputSchema(_data.Schema).Select(column => column.Name)));
        Assert.That(_case.OutputSchema(_model.GetOutputSchema(_data.Schema)), Is.EqualTo(expected), "live");
        Assert.That(_case.OutputSchema(_model.Transform(_data).Schema), Is.EqualTo(expected), "transformed");
        Assert.That(_case.OutputSchema(((ITransformer)restored!).GetOutputSchema(_data.Schema)), Is.EqualTo(expected), "by LoadMlp");
        Assert.That(
            _case.OutputSchema(((ITransformer)loaded).GetOutputSchema(_data.Schema)), Is.EqualTo(expected), "by Load");
    }

    [Test]
    public void GetOutputSchema_OfAShape_IsTheStockTrainers()
    {
        var shape = ShapeOf(_data);

        Assert.That(
            Describe(TaskCase.Trainer(_mlContext, _case.Small).GetOutputSchema(shape)),
            Is.EqualTo(Describe(_case.StockTrainer(_mlContext).GetOutputSchema(shape))));
    }

    [Test]
    public void Bits_OfPredictions_AreTheSameInEveryWay()
    {
        var expected = _case.Bits(_model.Transform(_data));
        using var restored = SavedModel.SaveAndLoadMlp(_mlContext, (ITransformer)_model, _data.Schema) as IDisposable;
        using var loaded = SavedModel.SaveAndLoad(_mlContext, _model, _data.Schema);

        Assert.That(restored, Is.TypeOf<MlpTransformer>());
        Assert.That(_case.Bits(((ITransformer)restored!).Transform(_data)), Is.EqualTo(expected), "by LoadMlp");
        Assert.That(_case.Bits(loaded.Transform(_data)), Is.EqualTo(expected), "by Load");
        Assert.That(RowByRow(_model), Is.EqualTo(expected), "row by row");
        Assert.That(RowByRow((ITransformer)restored!), Is.EqualTo(expected), "row by row, by LoadMlp");
    }

    [Test]
    public void Score_OfARow_IsThatOfPlainLoops()
    {
        var features = _data.GetColumn<float[]>("Features").ToArray();
        var scored = _model.Transform(_data);
        if (task == MlpTask.Multiclass)
        {
            Assert.That(Predictions.Scores(scored)[0], Is.EqualTo(PlainNetwork.Probabilities(_model.Model, features[0])).Within(1e-6));
            return;
        }

        double[] plain = [.. features.Select(row => PlainNetwork.Logits(_model.Model, row)[0])];
        var scores = scored.GetColumn<float>("Score").ToArray();
        Assert.That(scores, Is.EqualTo(plain).Within(task == MlpTask.Regression ? 1e-3 : 1e-5));
        if (task == MlpTask.Binary)
        {
            Assert.That(
                scored.GetColumn<float>("Probability"),
                Is.EqualTo(scores.Select(score => 1 / (1 + Math.Exp(-(double)score)))).Within(6e-8));
            Assert.That(scored.GetColumn<bool>("PredictedLabel"), Is.EqualTo(scores.Select(score => score > 0)));
        }
    }

    [Test]
    public void Transform_OfAnEmptyView_GivesNoRows() =>
        Assert.That(_case.Bits(_model.Transform(_mlContext.Data.LoadFromEnumerable<TaskRow>([]))), Is.Empty);

    [Test]
    public void Transform_OfAFeatureThatIsNaN_GivesNaN()
    {
        var data = _mlContext.Data.LoadFromEnumerable([new TaskRow { Features = [1, float.NaN, 0, 0] }]);
        var scored = _model.Transform(data);

        Assert.That(
            task == MlpTask.Multiclass ? Predictions.Scores(scored)[0] : [.. scored.GetColumn<float>("Score")], Is.All.NaN);
    }

    [Test]
    public void Cursor_OfOneColumn_ActivatesThatOneOnly()
    {
        var scored = _model.Transform(_data);
        foreach (var name in _case.OutputColumns)
        {
            using var cursor = scored.GetRowCursor([scored.Schema[name]]);

            Assert.That(cursor.MoveNext(), name);
            Assert.That(cursor.IsColumnActive(scored.Schema[name]), name);
            Assert.That(cursor.IsColumnActive(scored.Schema["Weight"]), Is.False, name);
        }
    }

    [Test]
    public void Cursors_OfASet_GiveEachRowOnce()
    {
        var scored = _model.Transform(_data);
        var rows = 0;
        foreach (var cursor in scored.GetRowCursorSet([scored.Schema["Score"]], n: 3))
        {
            using (cursor)
            {
                while (cursor.MoveNext())
                {
                    rows++;
                }
            }
        }

        Assert.That(rows, Is.EqualTo(90));
    }

    [Test]
    public void Fit_OfALabelOfAnotherType_IsAnArgumentOutOfRangeAsTheStockTrainers()
    {
        var other = task == MlpTask.Regression ? nameof(TaskRow.Flag) : nameof(TaskRow.Number);
        var expected = task switch
        {
            MlpTask.Binary => "The label column 'Number' is Single, but must be a Boolean; make one by mlContext.Transforms.Conversion."
                + "MapValue or ConvertType, or use mlContext.MulticlassClassification for other labels.",
            MlpTask.Regression => "The label column 'Flag' is Boolean, but must be a Single; make one by mlContext.Transforms.Conversion."
                + "ConvertType.",
            _ => "The label column 'Number' is Single, but must be a key of UInt32; make one by mlContext.Transforms.Conversion."
                + "MapValueToKey.",
        };
        var trainer = TaskCase.Trainer(_mlContext, _case.Small with { LabelColumnName = other });
        var stock = Assert.Throws<ArgumentOutOfRangeException>(() => _case.StockTrainer(_mlContext, other).GetOutputSchema(ShapeOf(_data)));

        Assert.That(() => trainer.Fit(_data), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith(expected));
        Assert.That(
            () => trainer.GetOutputSchema(ShapeOf(_data)),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.EqualTo(stock!.Message));
    }

    [Test]
    public void Fit_OfAMissingLabelColumn_SaysWhichThereAre() => Assert.That(
        () => TaskCase.Trainer(_mlContext, _case.Small with { LabelColumnName = "Class" }).Fit(_data),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.StartsWith(
            "Could not find the label column 'Class'; the data has 'Features', 'Key', 'Flag', 'Number', 'Weight'."));

    [Test]
    public void Info_OfTheTrainer_AsksForNormalizedFeaturesWhereItDoesNotScaleThem()
    {
        Assert.That(TaskCase.Trainer(_mlContext, _case.Small).Info.NeedNormalization, Is.False);
        Assert.That(
            TaskCase.Trainer(_mlContext, _case.Small with { FeatureScaling = MlpFeatureScaling.None }).Info.NeedNormalization);
    }

    [Test]
    public void Constructor_OfNames_TakesThem()
    {
        ITrainerEstimator<MlpTransformer, MlpModelParameters> trainer = task switch
        {
            MlpTask.Binary => _mlContext.BinaryClassification.Trainers.Mlp(_mlContext, "Flag", "Features", "Weight"),
            MlpTask.Regression => _mlContext.Regression.Trainers.Mlp(_mlContext, "Number", "Features", "Weight"),
            _ => _mlContext.MulticlassClassification.Trainers.Mlp(_mlContext, "Key", "Features", "Weight"),
        };

        using var model = trainer.Fit(_data);

        Assert.That(model.Task, Is.EqualTo(task));
        Assert.That(model.FeatureColumnName, Is.EqualTo("Features"));
    }

    [Test]
    public void Options_Copied_AreEqual()
    {
        MlpTrainingOptions copy = _case.Small switch
        {
            MlpBinaryTrainer.Options binary => new MlpBinaryTrainer.Options(binary),
            MlpRegressionTrainer.Options regression => new MlpRegressionTrainer.Options(
                regression with { Loss = MlpRegressionLoss.Huber(2), BatchNormalization = true })
            {
                Loss = MlpRegressionLoss.Squared,
                BatchNormalization = false,
            },
            var multiclass => new MlpTrainer.Options((MlpTrainer.Options)multiclass),
        };

        Assert.That(copy, Is.EqualTo(_case.Small));
    }

    private string[] RowByRow(ITransformer model)
    {
        var mapper = model.GetRowToRowMapper(_data.Schema);
        using var cursor = _data.GetRowCursor(_data.Schema);
        using var row = mapper.GetRow(cursor, mapper.OutputSchema.Where(column => _case.OutputColumns.Contains(column.Name)));
        var getters = _case.OutputColumns.Select(name => Getter(row, row.Schema[name])).ToArray();
        var bits = new List<string>();
        while (cursor.MoveNext())
        {
            bits.Add(string.Join(task == MlpTask.Multiclass ? ": " : " ", getters.Select(get => get())));
        }

        return [.. bits];
    }

    private static Func<string> Getter(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        BooleanDataViewType => Of<bool>(row, column, value => $"{value}"),
        KeyDataViewType => Of<uint>(row, column, value => $"{value}"),
        VectorDataViewType => Of<VBuffer<float>>(
            row, column, value => string.Join(' ', value.DenseValues().Select(BitConverter.SingleToUInt32Bits))),
        _ => Of<float>(row, column, value => $"{BitConverter.SingleToUInt32Bits(value)}"),
    };

    private static Func<string> Of<T>(DataViewRow row, DataViewSchema.Column column, Func<T, string> describe)
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            T value = default!;
            getter(ref value);
            return describe(value);
        };
    }

    private static string[] Describe(SchemaShape shape) =>
    [
        .. shape.Select(column =>
            $"{column.Name} {column.Kind} {column.ItemType} {column.IsKey}: "
            + string.Join(", ", column.Annotations.Select(annotation => $"{annotation.Name} {annotation.ItemType}").Order())),
    ];

    /// <summary>ML.NET keeps the way from a schema to its shape to itself; a test may go it.</summary>
    private static SchemaShape ShapeOf(IDataView data) => (SchemaShape)typeof(SchemaShape)
        .GetMethod("Create", BindingFlags.Static | BindingFlags.NonPublic)!
        .Invoke(null, [data.Schema])!;
}
