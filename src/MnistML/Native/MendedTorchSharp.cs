using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MnistML.Common;

namespace MnistML.Native;

/// <summary>
/// TorchSharp 0.107.0's library for linux-x64, mended for systems whose C++ runtime is older than GCC 13's. Applications get it from
/// MnistML's build step (build/MnistML.targets). Scripts and notebooks are not built, so that here the same is done at run time.
/// </summary>
internal static class MendedTorchSharp
{
    /// <summary>An <see cref="AppContext"/> switch, on by default: the build step's property <c>MnistMLMendTorchSharp</c>.</summary>
    public const string SwitchName = "MnistML.MendTorchSharp";

    public const string FileName = "libLibTorchSharp.so";

    private const string OriginalHash = "cf33b1b0bb6bbb9754a768fb5c5d04d9f498603be50e73f55621a0b40ee608b8";
    private const string MendedHash = "5968efac8270eff8a2b5ca7381612ea9cc54d81cf4104a54e0e6106b7b5f11e3";

    /// <summary>The flags of the entry in .gnu.version_r that requires GLIBCXX_3.4.32; build/WeakenSymbolVersion.cs finds them.</summary>
    private const int FlagsOffset = 260_660;

    private const byte WeakFlag = 2; // VER_FLG_WEAK

    private static bool IsSwitchedOn => !AppContext.TryGetSwitch(SwitchName, out var isOn) || isOn;

    /// <summary>
    /// Loads libtorch from its package, and then a mended copy of TorchSharp's library. The system's loader finds libraries that are
    /// already loaded by their names, so TorchSharp gets this one.
    /// </summary>
    /// <returns>False if the switch is off, or if the package has another library or no libtorch beside it.</returns>
    /// <exception cref="DllNotFoundException">The system cannot load one of the libraries.</exception>
    /// <exception cref="IOException">The copy cannot be written to the user's cache.</exception>
    public static bool TryLoad(TorchSharpPackage package)
    {
        string[] libTorch = [Path.Combine(package.LibTorchFolder, "libtorch_cpu.so"), Path.Combine(package.LibTorchFolder, "libtorch.so")];
        if (!IsSwitchedOn || !libTorch.All(File.Exists)
            || TryWriteCopy(Path.Combine(package.NativeFolder, FileName), UserCache.GetDirectory("torchsharp-0.107.0")) is not { } copy)
        {
            return false;
        }

        foreach (var file in (string[])[.. libTorch, copy])
        {
            NativeLibrary.Load(file);
        }

        return true;
    }

    /// <summary>Writes the mended copy, unless it is there already.</summary>
    /// <param name="original">The library in TorchSharp's package; it stays as it is.</param>
    /// <param name="folder">The folder of the copy.</param>
    /// <returns>The copy's path, or null if the library is not byte for byte the known one.</returns>
    public static string? TryWriteCopy(string original, string folder)
    {
        var library = File.Exists(original) ? File.ReadAllBytes(original) : [];
        if (Hash(library) != OriginalHash)
        {
            return null;
        }

        var copy = Path.Combine(folder, FileName);
        if (!File.Exists(copy) || Hash(File.ReadAllBytes(copy)) != MendedHash)
        {
            library[FlagsOffset] |= WeakFlag;
            Directory.CreateDirectory(folder);
            AtomicFile.Write(copy, stream => stream.Write(library));
        }

        return copy;
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
