using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;

namespace MnistML.Trainers;

/// <summary>The libraries that a training and its scores depend on.</summary>
internal static class TrainingLibraries
{
    /// <summary>Their versions, by their names, without build numbers.</summary>
    public static IReadOnlyDictionary<string, string> Versions { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["Microsoft.ML"] = VersionOf(typeof(MLContext)),
        ["Microsoft.ML.OnnxRuntime"] = VersionOf(typeof(InferenceSession)),
        ["TorchSharp"] = VersionOf(typeof(torch)),
    };

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+', '-')[0];
}
