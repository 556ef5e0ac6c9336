using MnistML.Common.Libraries;

namespace MnistML.Native;

/// <summary>What is known about a system that cannot load libtorch. Unknown facts are null.</summary>
internal sealed record LibTorchFacts
{
    /// <summary>Whether TorchSharp was loaded from its package, as in scripts and notebooks, not from an application's folder.</summary>
    public bool IsScript { get; init; }

    /// <summary>The portable runtime identifier, as in the names of packages: linux-x64.</summary>
    public required string RuntimeIdentifier { get; init; }

    /// <summary>The version of TorchSharp, in three parts; the packages that contain libtorch have the same version.</summary>
    public required string TorchSharpVersion { get; init; }

    /// <summary>The folders in which the application looks for native libraries.</summary>
    public required IReadOnlyList<string> SearchedFolders { get; init; }

    /// <summary>TorchSharp's own native library.</summary>
    public required NativeFile TorchSharpFile { get; init; }

    /// <summary>The largest library of libtorch, which every libtorch package contains.</summary>
    public required NativeFile LibTorchFile { get; init; }

    /// <summary>The path of a libtorch that was loaded from outside the searched folders.</summary>
    public string? OtherLibTorch { get; init; }

    /// <summary>The paths of all libraries of libtorch that were, those that <see cref="LibTorchFile"/> needs among them.</summary>
    public IReadOnlyList<string> OtherLibraries { get; init; } = [];

    /// <summary>The C++ runtime of Windows; null on another system.</summary>
    public VisualCppRuntime? VisualCppRuntime { get; init; }

    /// <summary>The symbol version that the loader did not find, such as GLIBCXX_3.4.32.</summary>
    public string? MissingSymbolVersion { get; init; }

    /// <summary>The highest symbol version of the C++ runtime in use, such as 3.4.30 for GLIBCXX_3.4.30.</summary>
    public Version? CppRuntimeVersion { get; init; }

    /// <summary>The version of glibc in use.</summary>
    public Version? GlibcVersion { get; init; }

    /// <summary>The message of the system's loader, without the paths at which it found no file.</summary>
    public string? LoaderMessage { get; init; }
}
