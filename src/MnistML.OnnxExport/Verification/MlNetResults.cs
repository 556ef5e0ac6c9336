using Microsoft.ML;
using MnistML.OnnxExport.Conversion;
using MnistML.OnnxExport.Pipelines;

namespace MnistML.OnnxExport.Verification;

/// <summary>What ML.NET computes for rows.</summary>
internal static class MlNetResults
{
    /// <summary>The outputs of a pipeline; keys that stand for something as that.</summary>
    public static ColumnBuffer[] OfOutputs(Pipeline pipeline, SampleRows rows)
    {
        IDataView view = rows;
        foreach (var stage in pipeline.Stages)
        {
            view = stage.Transformer.Transform(view);
        }

        var mlContext = new MLContext();
        foreach (var keys in pipeline.Outputs.Where(column => KeyConversion.ValueTypeOf(column) is not null))
        {
            view = mlContext.Transforms.Conversion.MapKeyToValue(keys.Name).Fit(view).Transform(view);
        }

        return ColumnBuffer.Read(view, pipeline.Outputs.Select(column => column.Name), rows.RowCount);
    }

    /// <summary>The columns of known size that each stage adds, in order.</summary>
    public static IEnumerable<(LiveStage Stage, ColumnBuffer[] Columns)> OfEachStage(Pipeline pipeline, SampleRows rows)
    {
        IDataView view = rows;
        foreach (var stage in pipeline.Stages)
        {
            view = stage.Transformer.Transform(view);
            yield return (stage, ColumnBuffer.Read(view, stage.ComparableColumns, rows.RowCount));
        }
    }
}
