using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

// usage: MnistML.OnnxHost model.onnx < inputs
// In: a JSON object with an array of all values for each input of the model; NaN is a string. Out: a line for each output, with its name, a
// blank, and all values as a JSON array. Last line: the names of the assemblies that were loaded.
using var session = new InferenceSession(args[0]);
var inputs = JsonSerializer.Deserialize<Dictionary<string, JsonElement[]>>(Console.In.ReadToEnd())!;
using var results = session.Run([.. session.InputMetadata.Select(input => ToTensor(input.Key, input.Value, inputs[input.Key]))]);
foreach (var output in results)
{
    object[] values = output.ElementType switch
    {
        TensorElementType.String => [.. output.AsEnumerable<string>()],
        TensorElementType.Bool => [.. output.AsEnumerable<bool>().Cast<object>()],
        TensorElementType.Int32 => [.. output.AsEnumerable<int>().Cast<object>()],
        TensorElementType.Int64 => [.. output.AsEnumerable<long>().Cast<object>()],
        _ => [.. output.AsEnumerable<float>().Select(value => float.IsNaN(value) ? "NaN" : (object)value)],
    };
    Console.WriteLine($"{output.Name} {JsonSerializer.Serialize(values)}");
}

Console.WriteLine(string.Join(' ', AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetName().Name)));

static NamedOnnxValue ToTensor(string name, NodeMetadata input, JsonElement[] values)
{
    var width = input.Dimensions[1..].Aggregate(1, (product, dimension) => product * dimension);
    int[] shape = [values.Length / width, .. input.Dimensions[1..]];
    return input.ElementDataType switch
    {
        TensorElementType.String => Create(value => value.GetString()!),
        TensorElementType.Bool => Create(value => value.GetBoolean()),
        TensorElementType.Int32 => Create(value => value.GetInt32()),
        TensorElementType.Double => Create(value => value.GetDouble()),
        _ => Create(value => value.ValueKind == JsonValueKind.String ? float.NaN : value.GetSingle()),
    };

    NamedOnnxValue Create<T>(Func<JsonElement, T> read) =>
        NamedOnnxValue.CreateFromTensor(name, new DenseTensor<T>(values.Select(read).ToArray(), shape));
}
