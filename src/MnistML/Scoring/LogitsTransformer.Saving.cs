using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Onnx;

namespace MnistML.Scoring;

/// <summary>
/// Saving. ML.NET closes its saving classes to other assemblies (dotnet/machinelearning #4911), so this stage saves ML.NET's own ONNX
/// transformer in its place: the saved model holds stock stages only and loads without this library.
/// </summary>
internal sealed partial class LogitsTransformer
{
    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        OnnxRuntimeLibrary.EnsureLoaded();

        // The stream overload of ApplyOnnxModel leaves a copy of the model behind and reads it again when it saves. Hence a file of
        // our own, in a folder that only this user can enter, for as long as the saving takes.
        var folder = Directory.CreateTempSubdirectory("mnistml-");
        try
        {
            var path = Path.Combine(folder.FullName, "model.onnx");
            File.WriteAllBytes(path, OnnxMlpWriter.WriteForRow(_mlp));

            var mlContext = new MLContext();
            using var onnx = mlContext.Transforms.ApplyOnnxModel(LogitsColumnName, FeatureColumnName, path).Fit(EmptyInput(mlContext));
            ((ICanSaveModel)onnx).Save(ctx);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A view without rows that has the feature column, for estimators that only read the schema.</summary>
    private IDataView EmptyInput(MLContext mlContext)
    {
        var schema = SchemaDefinition.Create(typeof(FeatureRow));
        var features = schema[nameof(FeatureRow.Features)];
        features.ColumnName = FeatureColumnName;
        features.ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureCount);
        return mlContext.Data.LoadFromEnumerable<FeatureRow>([], schema);
    }

    private sealed class FeatureRow
    {
        public float[] Features { get; init; } = [];
    }
}
