using MnistML.Common.Libraries;

namespace MnistML.Scoring;

/// <summary>What is known about a system that cannot load ONNX Runtime.</summary>
internal sealed record OnnxRuntimeFacts
{
    /// <summary>The portable runtime identifier: win-x64.</summary>
    public required string RuntimeIdentifier { get; init; }

    /// <summary>The folders in which the application looks for native libraries.</summary>
    public required IReadOnlyList<string> SearchedFolders { get; init; }

    /// <summary>The library.</summary>
    public required NativeFile File { get; init; }

    /// <summary>The path of a library of its name that was loaded from outside these folders.</summary>
    public string? OtherLibrary { get; init; }

    /// <summary>The C++ runtime of Windows; null on another system.</summary>
    public VisualCppRuntime? VisualCppRuntime { get; init; }

    /// <summary>The message of the innermost exception.</summary>
    public required string LoaderMessage { get; init; }
}

/// <summary>Explains why ONNX Runtime cannot be loaded: what was looked for, the likely cause, what to do.</summary>
internal static class OnnxRuntimeDiagnosis
{
    /// <summary>The systems for which the package Microsoft.ML.OnnxRuntime 1.31 has a library.</summary>
    private static readonly string[] SupportedRuntimeIdentifiers = ["linux-x64", "linux-arm64", "win-x64", "win-arm64", "osx-arm64"];

    public static string Explain(OnnxRuntimeFacts facts) => string.Join(
        '\n',
        $"ONNX Runtime, which MnistML scores with, could not be loaded on {facts.RuntimeIdentifier}.",
        $"Looked for: {facts.File.Describe()}, in {string.Join(", ", facts.SearchedFolders)}.",
        ExplainCause(facts),
        $"The system's loader said: {facts.LoaderMessage.ReplaceLineEndings(" | ")}");

    private static string ExplainCause(OnnxRuntimeFacts facts)
    {
        if (!SupportedRuntimeIdentifiers.Contains(facts.RuntimeIdentifier))
        {
            return $"""
                Likely cause: Microsoft.ML.OnnxRuntime 1.31 has a library for {string.Join(", ", SupportedRuntimeIdentifiers)} only.
                Run the application on one of these.
                """;
        }

        if (facts.File.Folder is null)
        {
            return """
                Likely cause: the application does not reference the package that has it, or was published for another system.
                Add to its project file: <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.1" />
                """;
        }

        if (facts.VisualCppRuntime is { IsMissing: true } missing)
        {
            return missing.Explain(facts.RuntimeIdentifier);
        }

        if (facts.OtherLibrary is not null)
        {
            return $"""
                Likely cause: another version was taken: {facts.OtherLibrary}.
                Remove it from the PATH, or the code that loads it.
                """;
        }

        return facts.VisualCppRuntime is { IsOld: true } old
            ? old.Explain(facts.RuntimeIdentifier)
            : "Likely cause: unknown; the file exists.";
    }
}
