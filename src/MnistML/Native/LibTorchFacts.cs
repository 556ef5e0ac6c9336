namespace MnistML.Native;

/// <summary>What was found on a system that does not load libtorch. What could not be found out is null.</summary>
internal sealed record LibTorchFacts
{
    /// <summary>The portable runtime identifier, as in the names of packages: linux-x64.</summary>
    public required string RuntimeIdentifier { get; init; }

    /// <summary>The version of TorchSharp, in three parts; the packages that bring libtorch have the same.</summary>
    public required string TorchSharpVersion { get; init; }

    /// <summary>The folders in which the application looks for native libraries.</summary>
    public required IReadOnlyList<string> SearchedFolders { get; init; }

    /// <summary>TorchSharp's own native library.</summary>
    public required NativeFile TorchSharpFile { get; init; }

    /// <summary>The largest library of libtorch, which every libtorch package has.</summary>
    public required NativeFile LibTorchFile { get; init; }

    /// <summary>The path of a libtorch that was loaded from outside the searched folders.</summary>
    public string? OtherLibTorch { get; init; }

    /// <summary>The symbol version that the loader missed, such as GLIBCXX_3.4.32.</summary>
    public string? MissingSymbolVersion { get; init; }

    /// <summary>The highest symbol version of the C++ runtime in use, such as 3.4.30 for GLIBCXX_3.4.30.</summary>
    public Version? CppRuntimeVersion { get; init; }

    /// <summary>The version of glibc in use.</summary>
    public Version? GlibcVersion { get; init; }

    /// <summary>What the system's loader said, but for the places in which it found no file.</summary>
    public string? LoaderMessage { get; init; }
}

/// <summary>A native library that was looked for, and the folder that it was found in.</summary>
internal readonly record struct NativeFile(string Name, string? Folder);
