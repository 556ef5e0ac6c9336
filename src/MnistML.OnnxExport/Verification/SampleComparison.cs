using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MnistML.OnnxExport.Conversion;

namespace MnistML.OnnxExport.Verification;

/// <summary>Compares an exported pipeline with ML.NET on sample data, in one batch and singly.</summary>
internal static class SampleComparison
{
    /// <exception cref="ArgumentException">The sample has no rows.</exception>
    /// <exception cref="InvalidOperationException">The results differ by more than the bound.</exception>
    public static MlpOnnxExportReport Run(ExportedPipeline export, IDataView sampleData, MlpOnnxExportOptions options)
    {
        var inputs = export.Pipeline.Inputs.Select(column => column.Name).ToArray();
        var rows = new SampleRows(ColumnBuffer.Read(sampleData, inputs, options.MaxSampleRows));
        if (rows.RowCount == 0)
        {
            throw new ArgumentException(
                "The sample data has no rows, so that the export can't be compared with ML.NET: give it some, with missing values and "
                + "unseen categories if such occur.",
                nameof(sampleData));
        }

        var expected = MlNetResults.OfOutputs(export.Pipeline, rows);
        using var run = new OnnxRun(export.Model);
        var largest = new double[expected.Length];
        foreach (var batch in Batches(rows.RowCount))
        {
            var found = Run(run, rows, batch);
            for (var output = 0; output < expected.Length; output++)
            {
                var difference = Difference.Of(found[output], expected[output], batch, Difference.IsIndex(expected[output]));
                if (!(difference.Deviation <= options.MaxDeviation))
                {
                    throw Refuse(
                        batch,
                        $"{difference.Describe(expected[output])}, above the bound of {Text(options.MaxDeviation)}.",
                        DifferingStage.Find(export.Pipeline, export.WithEachStage, rows, batch, options.MaxDeviation));
                }

                largest[output] = Math.Max(largest[output], difference.Deviation);
            }
        }

        return new MlpOnnxExportReport
        {
            Rows = rows.RowCount,
            Inputs = inputs,
            Outputs =
            [
                .. export.Outputs.Zip(expected, largest).Select(
                    output => new MlpOnnxExportOutput(output.First, output.Second.Column.Name, output.Third)),
            ],
            Warnings = [.. ProbeRows.FindDifferences(export.Pipeline, run, rows, options.MaxDeviation)],
        };
    }

    /// <summary>All rows at once, then each by itself.</summary>
    private static IEnumerable<RowRange> Batches(int rowCount) =>
        Enumerable.Range(0, rowCount).Select(row => new RowRange(row, 1)).Prepend(new RowRange(0, rowCount));

    private static object[][] Run(OnnxRun run, SampleRows rows, RowRange batch)
    {
        try
        {
            return run.Run(rows, batch);
        }
        catch (OnnxRuntimeException error)
        {
            throw Refuse(batch, $"ONNX Runtime can't run it: {error.Message}", where: null);
        }
    }

    private static InvalidOperationException Refuse(RowRange batch, string found, string? where) => new(
        $"The pipeline as ONNX does not give ML.NET's results on the sample data, so nothing was written. {batch}: {found} {where}"
            .TrimEnd());

    private static string Text(double number) => FormattableString.Invariant($"{number:0.0e+0}");
}
