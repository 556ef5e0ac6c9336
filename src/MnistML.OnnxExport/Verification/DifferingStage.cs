using Microsoft.ML.OnnxRuntime;
using MnistML.OnnxExport.Onnx;
using MnistML.OnnxExport.Pipelines;

namespace MnistML.OnnxExport.Verification;

/// <summary>Finds where in a pipeline the results begin to differ.</summary>
internal static class DifferingStage
{
    /// <summary>A sentence on the first stage with a column that differs by more than the bound; null if there is none.</summary>
    /// <param name="pipeline">The pipeline.</param>
    /// <param name="model">Its model, whose outputs are the columns that each stage adds.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="batch">Those of them that differ.</param>
    /// <param name="maxDeviation">The bound.</param>
    public static string? Find(Pipeline pipeline, ModelProto model, SampleRows rows, RowRange batch, double maxDeviation)
    {
        object[][] found;
        try
        {
            using var run = new OnnxRun(model);
            found = run.Run(rows, batch);
        }
        catch (OnnxRuntimeException)
        {
            return null; // What was asked for is known already; only the place is not.
        }

        var output = 0;
        foreach (var (stage, columns) in MlNetResults.OfEachStage(pipeline, rows))
        {
            foreach (var column in columns)
            {
                var difference = Difference.Of(found[output++], column, batch, isIndex: false);
                if (!(difference.Deviation <= maxDeviation))
                {
                    return $"It begins in {stage.Stage.Description}: {difference.Describe(column)}.";
                }
            }
        }

        return null;
    }
}
