using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using MnistML.Common.Libraries;

namespace MnistML.Native;

/// <summary>Collects facts about a failure to load libtorch. Never throws: a fact that cannot be determined is null.</summary>
internal static partial class LibTorchInspection
{
    public static LibTorchFacts Inspect(Exception error) => Inspect(error, Try(TorchSharpPackage.Find));

    /// <param name="error">Why libtorch was not loaded.</param>
    /// <param name="package">The package that a script loaded TorchSharp from; null in an application.</param>
    public static LibTorchFacts Inspect(Exception error, TorchSharpPackage? package)
    {
        var folders = package is null
            ? Try(ThisSystem.FindNativeFolders) ?? [AppContext.BaseDirectory]
            : [package.NativeFolder, package.LibTorchFolder];
        var libTorchName = NativeFile.NameOf("torch_cpu");
        string[] inOrderOfLoading = [libTorchName, NativeFile.NameOf("torch"), NativeFile.NameOf("LibTorchSharp")];

        // TorchSharp's own exception does not quote the system's loader.
        var loaderError = error is TypeInitializationException && package is not null
            ? FindLoaderError(inOrderOfLoading.Select(name => NativeFile.Find(name, folders)))
            : null;
        var loaderLines = Try(() => ReadLoaderLines(loaderError ?? error)) ?? [];
        return new LibTorchFacts
        {
            IsScript = package is not null,
            RuntimeIdentifier = ThisSystem.RuntimeIdentifier,
            TorchSharpVersion = Try(GetTorchSharpVersion) ?? "0.107.0",
            SearchedFolders = folders,
            TorchSharpFile = NativeFile.Find(inOrderOfLoading[^1], folders),
            LibTorchFile = NativeFile.Find(libTorchName, folders),
            OtherLibTorch = Try(() => LoadedLibraries.FindFromElsewhere([libTorchName], folders).FirstOrDefault()),
            OtherLibraries = Try(() => FindOtherLibraries(inOrderOfLoading[..^1], folders)) ?? [],
            VisualCppRuntime = Try(VisualCppRuntime.Find),
            MissingSymbolVersion = loaderLines.Select(line => SymbolVersion().Match(line)).FirstOrDefault(match => match.Success)?.Value,
            CppRuntimeVersion = Try(GetCppRuntimeVersion),
            GlibcVersion = Try(GetGlibcVersion),
            LoaderMessage = loaderLines.Length == 0 ? null : string.Join(" | ", loaderLines),
        };
    }

    private static T? Try<T>(Func<T?> find)
        where T : class
    {
        try
        {
            return find();
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static string? GetTorchSharpVersion() =>
        typeof(LibTorchInspection).Assembly.GetReferencedAssemblies()
            .Single(name => name.Name == "TorchSharp").Version?.ToString(fieldCount: 3);

    /// <summary>
    /// A library that could not be loaded leaves the process again with those that it needs. So the one that all others need is loaded
    /// once more, alone, to see where it comes from.
    /// </summary>
    private static string[] FindOtherLibraries(string[] names, string[] folders)
    {
        var core = NativeFile.NameOf("c10");
        NativeLibrary.TryLoad(core, typeof(LibTorchInspection).Assembly, searchPath: null, out _);
        return LoadedLibraries.FindFromElsewhere([core, .. names], folders);
    }

    /// <summary>Loads libraries that exist, as far as that goes.</summary>
    private static DllNotFoundException? FindLoaderError(IEnumerable<NativeFile> files)
    {
        try
        {
            foreach (var file in files.Where(file => file.Folder is not null))
            {
                NativeLibrary.Load(Path.Combine(file.Folder!, file.Name));
            }

            return null;
        }
        catch (DllNotFoundException error)
        {
            return error;
        }
    }

    /// <summary>
    /// .NET lists every path that it tried. Only the lines about files that exist, or about their dependencies, are informative.
    /// </summary>
    private static string[] ReadLoaderLines(Exception error)
    {
        var lines = error.GetBaseException().Message
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return error is DllNotFoundException
            ? Array.FindAll(lines, line => !IsTitle(line) && !IsTriedPath(line))
            : lines[..1];

        static bool IsTitle(string line) => line.StartsWith("Unable to load shared library", StringComparison.Ordinal);
    }

    private static bool IsTriedPath(string line) =>
        line.Contains("LibTorchSharp", StringComparison.Ordinal) && line.Contains("no such file", StringComparison.OrdinalIgnoreCase);

    private static Version? GetCppRuntimeVersion()
    {
        NativeLibrary.TryLoad("libstdc++.so.6", out _); // .NET's own libraries load it, but a statically linked host does not
        if (LoadedLibraries.Find("libstdc++.so") is not { } path)
        {
            return null;
        }

        return CppRuntimeSymbolVersion().Matches(Encoding.Latin1.GetString(File.ReadAllBytes(path)))
            .Select(match => Version.Parse(match.Groups["version"].Value))
            .Max();
    }

    private static Version? GetGlibcVersion() =>
        OperatingSystem.IsLinux() && Marshal.PtrToStringUTF8(GetGlibcVersionText()) is { } text ? Version.Parse(text) : null;

    [DllImport("libc", EntryPoint = "gnu_get_libc_version")]
    private static extern nint GetGlibcVersionText();

    [GeneratedRegex(@"\bGLIBC(XX)?_[0-9]+(\.[0-9]+)+")]
    private static partial Regex SymbolVersion();

    [GeneratedRegex(@"\bGLIBCXX_(?<version>3\.4\.[0-9]+)")]
    private static partial Regex CppRuntimeSymbolVersion();
}
