using System.Globalization;
using System.Text;

namespace MnistML;

/// <summary>What an ONNX file of a whole pipeline holds, and how it compares with ML.NET on the sample data.</summary>
public sealed record MlpOnnxExportReport
{
    /// <summary>How many rows were compared, all together in one batch and each by itself.</summary>
    public required int Rows { get; init; }

    /// <summary>The inputs of the file: the raw columns that its outputs depend on.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The outputs of the file.</summary>
    public required IReadOnlyList<MlpOnnxExportOutput> Outputs { get; init; }

    /// <summary>
    /// Where the file differs from ML.NET by more than the bound on rows that the sample data does not have: copies of its first row with a
    /// missing value or an unseen text in one column. Each is a sentence. Clean such values before scoring, or expect the difference.
    /// </summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The largest deviation of all outputs.</summary>
    public double MaxDeviation => Outputs.Max(output => output.MaxDeviation);

    /// <summary>The report as lines of text.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().AppendJoin(", ", Inputs).Append(" -> ").AppendJoin(", ", Outputs.Select(output => output.Name));
        text.Append(CultureInfo.InvariantCulture, $"; {Rows} rows compared, in one batch and singly\n");
        foreach (var output in Outputs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{output.Name}: largest deviation {output.MaxDeviation:0.0e+0}\n");
        }

        return text.AppendJoin('\n', Warnings).ToString().TrimEnd('\n');
    }
}
