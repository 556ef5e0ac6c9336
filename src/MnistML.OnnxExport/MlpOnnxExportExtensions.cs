using MnistML;
using MnistML.Common;
using MnistML.OnnxExport.Conversion;
using MnistML.OnnxExport.Pipelines;
using MnistML.OnnxExport.Verification;

namespace Microsoft.ML;

/// <summary>Saves fitted pipelines with networks in them as ONNX files.</summary>
public static class MlpOnnxExportExtensions
{
    /// <summary>
    /// Saves a whole pipeline as one ONNX file: raw columns in, labels and scores out. The file appears under its name only when it is
    /// complete and gives the same results as ML.NET on sample data.
    /// </summary>
    /// <remarks>
    /// Each raw column that the outputs depend on is an input with its name: <c>[rows, 1]</c>, or <c>[rows, size]</c> for vectors, of the
    /// column's own type, text as strings, keys as whole numbers from 1. The number of rows is free. Outputs have the names of ML.NET's
    /// columns, or with <c>.output</c> behind it where an input has that name: <c>[rows]</c>, or <c>[rows, size]</c>. A key becomes what it
    /// stands for, a text or a number; without <c>KeyValues</c> it is the zero-based index as int64, and -1 where it is missing. Operator
    /// set 12, IR version 8. Metadata are those of <see cref="MlpTransformer.SaveAsOnnx(string)"/>; where there are several networks, those
    /// of the second begin with <c>network2.</c> and so on.
    /// <para>
    /// Stages before, between and after the networks are converted by Microsoft.ML.OnnxConverter. Stages that no output depends on are left
    /// out. Text that is split into words needs ONNX Runtime, whose operators the file then has.
    /// </para>
    /// </remarks>
    /// <param name="catalog">The catalogue of model operations.</param>
    /// <param name="model">
    /// A fitted pipeline, or one that <c>LoadMlp</c> or <c>mlContext.Model.Load</c> loaded, with at least one network.
    /// </param>
    /// <param name="sampleData">
    /// Rows as the pipeline's input has them, on which the file is compared with ML.NET, in one batch and singly. They should hold what
    /// occurs later: missing values, categories that the training did not have, empty texts.
    /// </param>
    /// <param name="path">The file, usually with the ending <c>.onnx</c>; its folder must exist.</param>
    /// <param name="options">How; null means the default options.</param>
    /// <returns>What the file holds, and how close it is to ML.NET.</returns>
    /// <exception cref="ArgumentException">The model holds no network, the sample no rows, or an option can't be used.</exception>
    /// <exception cref="NotSupportedException">Stages can't be converted; the message names each. Nothing is written.</exception>
    /// <exception cref="InvalidOperationException">
    /// The results differ by more than the bound; the message says where and by how much. Nothing is written.
    /// </exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static MlpOnnxExportReport SaveAsOnnx(
        this ModelOperationsCatalog catalog, ITransformer model, IDataView sampleData, string path, MlpOnnxExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.ThrowIfFolder(path);
        var (bytes, report) = Export(catalog, model, sampleData, options);
        AtomicFile.Write(path, stream => stream.Write(bytes));
        return report;
    }

    /// <summary>
    /// Saves a whole pipeline as an ONNX model in a stream: raw columns in, labels and scores out. Nothing is written unless it gives the
    /// same results as ML.NET on sample data.
    /// </summary>
    /// <inheritdoc cref="SaveAsOnnx(ModelOperationsCatalog, ITransformer, IDataView, string, MlpOnnxExportOptions)"/>
    /// <param name="catalog">The catalogue of model operations.</param>
    /// <param name="model">
    /// A fitted pipeline, or one that <c>LoadMlp</c> or <c>mlContext.Model.Load</c> loaded, with at least one network.
    /// </param>
    /// <param name="sampleData">
    /// Rows as the pipeline's input has them, on which the file is compared with ML.NET, in one batch and singly.
    /// </param>
    /// <param name="stream">Where the model is written; it is left open.</param>
    /// <param name="options">How; null means the default options.</param>
    public static MlpOnnxExportReport SaveAsOnnx(
        this ModelOperationsCatalog catalog, ITransformer model, IDataView sampleData, Stream stream, MlpOnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var (bytes, report) = Export(catalog, model, sampleData, options);
        stream.Write(bytes);
        return report;
    }

    private static (byte[] Bytes, MlpOnnxExportReport Report) Export(
        ModelOperationsCatalog catalog, ITransformer model, IDataView sampleData, MlpOnnxExportOptions? options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sampleData);
        options ??= new MlpOnnxExportOptions();
        options.ThrowIfInvalid(nameof(options));

        using var networks = RestoredNetworks.Of(catalog, model, sampleData.Schema);
        var pipeline = Pipeline.Read(networks.Model, sampleData.Schema, options.OutputColumns);
        var export = PipelineConverter.Convert(pipeline);
        return (export.Bytes, SampleComparison.Run(export, sampleData, options));
    }
}
