using MnistML.Common.Libraries;

namespace MnistML.Native;

/// <summary>Explains why libtorch cannot be loaded: where, what was looked for, the likely cause, what to do.</summary>
internal static class LibTorchDiagnosis
{
    // TorchSharp 0.107.0's linux-x64 library as published, and as build/MnistML.targets mends it.
    private const string OriginalSymbolVersion = "GLIBCXX_3.4.32";
    private static readonly Version MendedCppRuntimeVersion = new(3, 4, 30);
    private static readonly Version MendedGlibcVersion = new(2, 34);

    private const string SwitchInProject =
        "Add to the project file, in a PropertyGroup, and build again: <MnistMLMendTorchSharp>true</MnistMLMendTorchSharp>";

    private const string SwitchInScript =
        $"""Remove from the script, and start it again: AppContext.SetSwitch("{MendedTorchSharp.SwitchName}", false)""";

    /// <summary>TorchSharp-cpu brings libtorch for these.</summary>
    private static readonly string[] SupportedRuntimeIdentifiers = ["linux-x64", "win-x64", "osx-arm64"];

    /// <summary>TorchSharp has a library for it, and libtorch is in a package of its own, with libtorch's version.</summary>
    private const string WindowsArm = "win-arm64";
    private const string WindowsArmPackage = "libtorch-cpu-win-arm64";

    public static string Explain(LibTorchFacts facts) => string.Join(
        '\n',
        $"libtorch, which MnistML trains with, could not be loaded on {facts.RuntimeIdentifier}.",
        $"Looked for: {facts.TorchSharpFile.Describe()} and {facts.LibTorchFile.Describe()}, "
            + $"in {string.Join(", ", facts.SearchedFolders)}.",
        ExplainCause(facts));

    private static string ExplainCause(LibTorchFacts facts)
    {
        if (facts.RuntimeIdentifier != WindowsArm && !SupportedRuntimeIdentifiers.Contains(facts.RuntimeIdentifier))
        {
            return ExplainUnsupported(facts);
        }

        if (facts.TorchSharpFile.Folder is null || facts.LibTorchFile.Folder is null)
        {
            return ExplainMissingPackage(facts);
        }

        if (facts.MissingSymbolVersion is not null)
        {
            return ExplainOldRuntime(facts, facts.MissingSymbolVersion);
        }

        return facts.RuntimeIdentifier.StartsWith("win-", StringComparison.Ordinal) ? ExplainWindows(facts)
            : facts.LoaderMessage?.Contains("libomp.dylib", StringComparison.Ordinal) == true ? ExplainMissingOpenMp(facts)
            : ExplainUnknown(facts);
    }

    private static string ExplainUnsupported(LibTorchFacts facts) =>
        $"""
        Likely cause: TorchSharp-cpu {facts.TorchSharpVersion} brings libtorch for {string.Join(", ", SupportedRuntimeIdentifiers)} only.
        Train on one of these. A saved model can be used without libtorch, wherever ONNX Runtime runs.
        """;

    private static string ExplainMissingPackage(LibTorchFacts facts)
    {
        var other = facts.OtherLibTorch is null ? "" : $" The libtorch at {facts.OtherLibTorch} was loaded instead and does not fit.";
        var cause = $"""
            Likely cause: the {(facts.IsScript ? "script" : "application")} references no libtorch package.{other}
            Add to {(facts.IsScript ? "it" : "its project file")}: {(facts.RuntimeIdentifier == WindowsArm
                ? PackageReference(WindowsArmPackage, TorchSharpPackage.LibTorchVersion, facts)
                : PackageReference("TorchSharp-cpu", facts))}
            """;
        return facts.RuntimeIdentifier switch
        {
            "linux-x64" => $"{cause}\nFor CUDA, instead: {PackageReference("TorchSharp-cuda-linux", facts)}",
            "win-x64" => $"{cause}\nFor CUDA, instead: {PackageReference("TorchSharp-cuda-windows", facts)}",
            _ => cause,
        };
    }

    private static string PackageReference(string package, LibTorchFacts facts) =>
        PackageReference(package, facts.TorchSharpVersion, facts);

    private static string PackageReference(string package, string version, LibTorchFacts facts) => facts.IsScript
        ? $"#r \"nuget: {package}, {version}\""
        : $"""<PackageReference Include="{package}" Version="{version}" />""";

    private static string ExplainOldRuntime(LibTorchFacts facts, string missing)
    {
        var library = missing.StartsWith("GLIBCXX_", StringComparison.Ordinal) ? "C++ runtime" : "C library";
        var cppRuntime = facts.CppRuntimeVersion is null ? "a C++ runtime of unknown version" : $"GLIBCXX_{facts.CppRuntimeVersion}";
        var file = facts.TorchSharpFile.Name;
        var mender = facts.IsScript ? "MnistML" : "MnistML's build";
        var glibc = $"glibc {facts.GlibcVersion?.ToString() ?? "of unknown version"}";
        var cause = $"""
            Likely cause: the {library} of this system is too old. {missing} is needed; the system has {cppRuntime} and {glibc}.
            {mender} mends {file} so that it needs GLIBCXX_{MendedCppRuntimeVersion} and glibc {MendedGlibcVersion}.
            """;
        return missing == OriginalSymbolVersion && MendedLibraryLoads(facts)
            ? $"{cause} This copy is not mended.\n{(facts.IsScript ? SwitchInScript : SwitchInProject)}"
            : $"{cause} This system has older versions.\nTrain on a newer system: Debian 12, Ubuntu 22.04 or later.";
    }

    private static bool MendedLibraryLoads(LibTorchFacts facts) =>
        (facts.CppRuntimeVersion ?? MendedCppRuntimeVersion) >= MendedCppRuntimeVersion
        && (facts.GlibcVersion ?? MendedGlibcVersion) >= MendedGlibcVersion;

    /// <summary>
    /// The C++ runtime first, since without it nothing else can be right. Then what has taken the place of a library: Windows gives a
    /// library the one of a name that is loaded already, wherever it came from.
    /// </summary>
    private static string ExplainWindows(LibTorchFacts facts)
    {
        if (facts.VisualCppRuntime is { IsMissing: true } runtime)
        {
            return $"{runtime.Explain(facts.RuntimeIdentifier)}\n{LoaderMessage(facts)}";
        }

        if (facts.OtherLibraries.Count > 0)
        {
            return $"""
                Likely cause: libraries of another libtorch were taken: {string.Join(", ", facts.OtherLibraries)}.
                Remove them from the PATH, or the code that loads them; delete the folders bin and obj, and build again.
                {LoaderMessage(facts)}
                """;
        }

        return LoaderCode.Of(facts.LoaderMessage) switch
        {
            LoaderCode.ModuleNotFound => $"""
                Likely cause: a library that these need was not found. The Visual C++ Redistributable is there, so their package lacks it.
                Delete the folders bin and obj, and build again.
                {LoaderMessage(facts)}
                """,
            _ when facts.VisualCppRuntime is { IsOld: true } old =>
                $"{old.Explain(facts.RuntimeIdentifier)}\n{LoaderMessage(facts)}",
            LoaderCode.ProcedureNotFound => $"""
                Likely cause: the libraries in {facts.LibTorchFile.Folder} are of different versions of libtorch.
                Delete the folders bin and obj, and build again.
                {LoaderMessage(facts)}
                """,
            _ => ExplainUnknown(facts),
        };
    }

    private static string ExplainMissingOpenMp(LibTorchFacts facts) =>
        $"""
        Likely cause: libtorch for macOS asks for OpenMP in Homebrew's folder, and the copy in its package was not taken.
        Install it: brew install libomp
        {LoaderMessage(facts)}
        """;

    private static string ExplainUnknown(LibTorchFacts facts) =>
        $"""
        Likely cause: unknown; both files exist.
        {LoaderMessage(facts)}
        """;

    private static string LoaderMessage(LibTorchFacts facts) => $"The system's loader said: {facts.LoaderMessage ?? "nothing."}";
}
