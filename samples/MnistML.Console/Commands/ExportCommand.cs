using System.CommandLine;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using MnistML.Samples.Data;
using MnistML.Samples.Reports;
using Spectre.Console;

namespace MnistML.Samples.Commands;

/// <summary>Writes the network of a saved model as ONNX.</summary>
internal sealed class ExportCommand : SampleCommand
{
    private readonly Option<string> _model = SharedOptions.Model();
    private readonly Option<string> _out = new("--out")
    {
        Description = "Where to write the ONNX model",
        HelpName = "mlp.onnx",
        DefaultValueFactory = _ => "mnistml-out/mlp.onnx",
    };

    public ExportCommand(IAnsiConsole screen)
        : base(
            screen,
            "export",
            "Write a saved model as ONNX, for any program that scores ONNX models",
            "export --model mnistml-out/model.zip --out mlp.onnx") =>
        AddOptions(_model, _out);

    protected override Task RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (modelPath, path) = (parsed.GetValue(_model)!, parsed.GetValue(_out)!);
        var model = ModelFile.Load(new MLContext(), modelPath);
        using var network = model as IDisposable;
        var transformer = MlpTransformer.Find(model)
            ?? throw new InvalidDataException(
                $"'{modelPath}' holds no network of MnistML's, which alone is exported. Train one: train --out {modelPath}");
        OutputFile.EnsureDifferent(("--model", modelPath), ("--out", path));
        OutputFile.EnsureWritable("--out", path, "mlp.onnx");
        OutputFile.Write(path, transformer.SaveAsOnnx);

        Screen.WriteFact("ONNX model", $"{path}, {new FileInfo(path).Length:N0} bytes, {transformer.Model.Architecture}");
        using var session = new InferenceSession(path);
        foreach (var (name, input) in session.InputMetadata)
        {
            Screen.WriteFact("Input", $"{Describe(name, input)}: pixels row by row, from 0 for no ink to 1");
        }

        foreach (var (name, output) in session.OutputMetadata)
        {
            Screen.WriteFact("Output", Describe(name, output));
        }

        Screen.WriteLine();
        Screen.WriteLine("Next: score it with ONNX Runtime, or look at it in https://netron.app");
        return Task.CompletedTask;
    }

    private static string Describe(string name, NodeMetadata node) =>
        $"{name}, {node.ElementDataType.ToString().ToLowerInvariant()} "
        + $"[{string.Join(", ", node.Dimensions.Zip(node.SymbolicDimensions, (size, symbol) => size < 0 ? symbol : $"{size}"))}]";
}
