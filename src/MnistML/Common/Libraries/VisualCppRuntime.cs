using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MnistML.Common.Libraries;

/// <summary>
/// The C++ runtime of Windows, which libtorch and ONNX Runtime are linked against, and which Windows itself does not have.
/// </summary>
internal sealed record VisualCppRuntime
{
    /// <summary>The version that ONNX Runtime 1.31 was linked with, according to its header; libtorch 2.10 was with 14.42.</summary>
    public static readonly Version MinVersion = new(14, 44);

    private const string MainFile = "MSVCP140.dll";

    /// <summary>On arm64 libtorch takes OpenMP from it too.</summary>
    private static readonly string[] Files =
    [
        MainFile, "MSVCP140_1.dll", "VCRUNTIME140.dll",
        RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "VCOMP140.dll" : "VCRUNTIME140_1.dll",
    ];

    /// <summary>The files that Windows does not find.</summary>
    public IReadOnlyList<string> MissingFiles { get; init; } = [];

    /// <summary>The version of MSVCP140.dll; null if it is missing, or has none.</summary>
    public Version? Version { get; init; }

    /// <summary>Whether a part of it is missing, so that libraries do not load.</summary>
    public bool IsMissing => MissingFiles.Count > 0;

    /// <summary>Whether it is older than libraries may need. They may load all the same.</summary>
    public bool IsOld => Version is { } version && version < MinVersion;

    /// <summary>What is there on Windows; null on another system.</summary>
    public static VisualCppRuntime? Find() => OperatingSystem.IsWindows()
        ? new VisualCppRuntime
        {
            MissingFiles = [.. Files.Where(file => !IsThere(file))],
            Version = LoadedLibraries.Find(MainFile) is { } path && FileVersionInfo.GetVersionInfo(path) is var version
                && version.FileMajorPart > 0
                ? new Version(version.FileMajorPart, version.FileMinorPart)
                : null,
        }
        : null;

    /// <summary>What is wrong with it, and where to get it.</summary>
    /// <param name="runtimeIdentifier">The portable identifier of the system, such as win-x64.</param>
    public string Explain(string runtimeIdentifier)
    {
        var architecture = runtimeIdentifier[(runtimeIdentifier.LastIndexOf('-') + 1)..];
        var found = IsMissing
            ? $"missing: Windows finds no {string.Join(", ", MissingFiles)}."
            : $"too old: {MainFile} has version {Version}.";
        return $"""
            Likely cause: the Visual C++ Redistributable ({architecture}) is {found}
            Install version {MinVersion} or later: {AddressFor(architecture)}
            """;
    }

    /// <summary>Microsoft's address of the latest version.</summary>
    public static string AddressFor(string architecture) => $"https://aka.ms/vs/17/release/vc_redist.{architecture}.exe";

    private static bool IsThere(string file) =>
        NativeLibrary.TryLoad(file, typeof(VisualCppRuntime).Assembly, searchPath: null, out _);
}
