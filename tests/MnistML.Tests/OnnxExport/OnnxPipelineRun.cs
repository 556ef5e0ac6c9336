using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MnistML.Tests.OnnxExport;

/// <summary>A pipeline that was exported, and what ONNX Runtime makes of passengers with it.</summary>
internal sealed class OnnxPipelineRun
{
    private readonly Dictionary<string, object> _outputs;

    public OnnxPipelineRun(MLContext mlContext, ITransformer model, Passenger[] rows, MlpOnnxExportOptions? options = null)
    {
        using var stream = new MemoryStream();
        Report = mlContext.Model.SaveAsOnnx(model, mlContext.Data.LoadFromEnumerable(rows), stream, options);
        Bytes = stream.ToArray();
        _outputs = Run(Bytes, Report.Inputs, rows);
    }

    public MlpOnnxExportReport Report { get; }

    public byte[] Bytes { get; }

    public string[] Texts(string output) => (string[])_outputs[output];

    public T[] Numbers<T>(string output) => (T[])_outputs[output];

    private static Dictionary<string, object> Run(byte[] model, IReadOnlyList<string> inputs, Passenger[] rows)
    {
        using var session = new InferenceSession(model);
        using var results = session.Run([.. inputs.Select(name => ToTensor(name, rows))]);
        return results.ToDictionary(
            result => result.Name,
            result => (object)(result.ElementType switch
            {
                TensorElementType.String => result.AsEnumerable<string>().ToArray(),
                TensorElementType.Int32 => result.AsEnumerable<int>().ToArray(),
                TensorElementType.Bool => result.AsEnumerable<bool>().ToArray(),
                _ => result.AsEnumerable<float>().ToArray(),
            }));
    }

    private static NamedOnnxValue ToTensor(string name, Passenger[] rows)
    {
        var values = rows.Select(row => typeof(Passenger).GetProperty(name)!.GetValue(row)!).ToArray();
        return values[0] switch
        {
            float[] => Create(values.SelectMany(value => (float[])value).ToArray()),
            float => Create(values.Cast<float>().ToArray()),
            double => Create(values.Cast<double>().ToArray()),
            int => Create(values.Cast<int>().ToArray()),
            bool => Create(values.Cast<bool>().ToArray()),
            _ => Create(values.Cast<string>().ToArray()),
        };

        NamedOnnxValue Create<T>(T[] items) =>
            NamedOnnxValue.CreateFromTensor(name, new DenseTensor<T>(items, [rows.Length, items.Length / rows.Length]));
    }
}
