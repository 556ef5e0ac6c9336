using Microsoft.ML.OnnxRuntime;
using MnistML.OnnxExport.Pipelines;

namespace MnistML.OnnxExport.Verification;

/// <summary>Rows with what sample data may lack: a missing value, an empty text or an unseen one in one column.</summary>
internal static class ProbeRows
{
    /// <summary>A sentence for each such row for which ONNX differs from ML.NET.</summary>
    public static IEnumerable<string> FindDifferences(Pipeline pipeline, OnnxRun run, SampleRows rows, double maxDeviation)
    {
        var first = rows.Columns.Select(column => column.Repeat(row: 0, count: 1)).ToArray();
        for (var i = 0; i < first.Length; i++)
        {
            foreach (var (description, changed) in rows.Columns[i].Probes())
            {
                var probe = new SampleRows([.. first[..i], changed, .. first[(i + 1)..]]);
                if (FindDifference(pipeline, run, probe, maxDeviation) is { } difference)
                {
                    yield return $"With {description}, {difference}.";
                }
            }
        }
    }

    private static string? FindDifference(Pipeline pipeline, OnnxRun run, SampleRows probe, double maxDeviation)
    {
        ColumnBuffer[] expected;
        try
        {
            expected = MlNetResults.OfOutputs(pipeline, probe);
        }
        catch (InvalidOperationException)
        {
            return null; // ML.NET refuses the row, so there is nothing to be equal to.
        }

        object[][] found;
        try
        {
            found = run.Run(probe, new RowRange(0, 1));
        }
        catch (OnnxRuntimeException error)
        {
            return $"ONNX Runtime fails: {error.Message}";
        }

        return expected.Select((column, output) => (
                Column: column, Difference: Difference.Of(found[output], column, new RowRange(0, 1), Difference.IsIndex(column))))
            .Where(output => !(output.Difference.Deviation <= maxDeviation))
            .Select(output => output.Difference.Describe(output.Column))
            .FirstOrDefault();
    }
}
