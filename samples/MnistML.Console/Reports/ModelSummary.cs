using Microsoft.ML.Data;
using MnistML.Samples.Data;
using Spectre.Console;

namespace MnistML.Samples.Reports;

/// <summary>Shows the network that is to be trained: its layers, their shapes, and how many parameters they have.</summary>
internal static class ModelSummary
{
    /// <summary>The network that recipes of this program name in all its parts.</summary>
    public static MlpArchitecture ArchitectureOf(DigitData data, MlpTrainer.Options options)
    {
        var schema = data.Train.Schema;
        return new MlpArchitecture(
            ((VectorDataViewType)schema[options.FeatureColumnName].Type).Size,
            options.HiddenLayers!,
            checked((int)((KeyDataViewType)schema[options.LabelColumnName].Type).Count),
            options.Activation,
            memberCount: options.Members!.Value);
    }

    /// <summary>The name that the command line has for a precision.</summary>
    public static string NameOf(MlpPrecision precision) => precision.ToString().ToLowerInvariant();

    public static void Write(IAnsiConsole console, MlpArchitecture architecture, MlpTrainer.Options options)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns(new TableColumn("Layer"), new TableColumn("Weights").RightAligned(), new TableColumn("Parameters").RightAligned());
        var members = architecture.MemberCount == 1 ? "" : $"{architecture.MemberCount} × ";
        for (var i = 0; i < architecture.Layers.Count; i++)
        {
            var layer = architecture.Layers[i];
            var function = i + 1 < architecture.Layers.Count ? $"Linear + {architecture.Activation}" : "Linear + Softmax";
            table.AddRow(
                function,
                $"{members}{layer.OutputSize} × {layer.InputSize}",
                $"{architecture.MemberCount * layer.ParameterCount:N0}");
        }

        console.WriteFact(
            "Network",
            $"{architecture}, {architecture.ParameterCount:N0} parameters; {options.Initializer} weights; "
            + $"{string.Join(", ", DescribeTraining(options))}");
        console.Write(table);
        console.WriteLine(
            $"Computing in {NameOf(options.ChoosePrecision(architecture))} ({NameOf(options.Precision)} was asked for), on up to "
            + $"{options.ChooseThreadCount()} threads");
    }

    private static IEnumerable<string> DescribeTraining(MlpTrainer.Options options)
    {
        yield return $"{options.Optimizer}";
        if (options.Schedule != MlpSchedule.Constant)
        {
            yield return $"learning rate by {options.Schedule}";
        }

        yield return $"batches of {options.BatchSize}";
        if (options.FeatureScaling != MlpFeatureScaling.None)
        {
            yield return "standardized features";
        }

        if (options.DropoutRate > 0)
        {
            yield return $"dropout {options.DropoutRate}";
        }

        if (options.Augmentation is { } images)
        {
            yield return $"images of {images.Height} x {images.Width} distorted anew in each epoch";
        }

        if (options.ValidationFraction > 0)
        {
            yield return $"{options.ValidationFraction:P0} set aside to validate";
        }
    }
}
