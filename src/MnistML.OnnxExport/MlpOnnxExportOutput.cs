namespace MnistML;

/// <summary>An output of an ONNX file of a whole pipeline.</summary>
/// <param name="Name">Its name in the file: the column's, or with <c>.output</c> behind it where an input has that name.</param>
/// <param name="ColumnName">The column of ML.NET.</param>
/// <param name="MaxDeviation">
/// The largest difference from ML.NET on the sample data, relative to the larger of 1 and ML.NET's number; 0 for text and labels, which
/// are equal.
/// </param>
public sealed record MlpOnnxExportOutput(string Name, string ColumnName, double MaxDeviation);
