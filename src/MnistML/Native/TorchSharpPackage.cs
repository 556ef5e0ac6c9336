using MnistML.Common.Libraries;
using TorchSharp;

namespace MnistML.Native;

/// <summary>
/// TorchSharp's package in NuGet's folder of packages. Scripts and notebooks load TorchSharp.dll from there, so that the native libraries
/// lie in their packages too and not beside the application.
/// </summary>
internal sealed class TorchSharpPackage
{
    /// <summary>The version of libtorch that TorchSharp 0.107 was built for.</summary>
    public const string LibTorchVersion = "2.10.0";

    /// <param name="folder">The package of one version, as <c>~/.nuget/packages/torchsharp/0.107.0</c>.</param>
    /// <param name="runtimeIdentifier">The portable identifier of this system, such as linux-x64.</param>
    public TorchSharpPackage(string folder, string runtimeIdentifier)
    {
        var native = Path.Combine("runtimes", runtimeIdentifier, "native");
        NativeFolder = Path.Combine(folder, native);
        LibTorchFolder = Path.GetFullPath(Path.Combine(folder, "..", "..", $"libtorch-cpu-{runtimeIdentifier}", LibTorchVersion, native));
    }

    /// <summary>The folder of TorchSharp's own native library.</summary>
    public string NativeFolder { get; }

    /// <summary>The folder of libtorch for the processor, whether that package is there or not.</summary>
    public string LibTorchFolder { get; }

    /// <summary>The package that TorchSharp.dll was loaded from, or null if it was copied to an application's folder.</summary>
    public static TorchSharpPackage? Find()
    {
        // The assembly lies in lib/net8.0.
        var assembly = typeof(torch).Assembly.Location;
        var folder = assembly.Length == 0 ? null : Path.GetFullPath(Path.Combine(assembly, "..", "..", ".."));
        return File.Exists(Path.Combine(folder ?? "", "torchsharp.nuspec"))
            ? new TorchSharpPackage(folder!, ThisSystem.RuntimeIdentifier)
            : null;
    }
}
