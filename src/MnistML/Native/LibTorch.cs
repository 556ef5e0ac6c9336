using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MnistML.Common.Libraries;
using TorchSharp;

namespace MnistML.Native;

/// <summary>Loads libtorch, or throws one message that says why it cannot be loaded and what to do.</summary>
internal static class LibTorch
{
    private const string OpenMp = "omp";
    private const string OnProcessor = "torch_cpu";

    private static volatile bool _loaded;

    /// <summary>
    /// Ensures that TorchSharp can be used, on this thread. Cheap after the first success; a failure is the same at every call.
    /// </summary>
    /// <exception cref="DllNotFoundException">TorchSharp or libtorch could not be loaded.</exception>
    public static void EnsureLoaded()
    {
        SignalStack.Ensure();
        if (_loaded)
        {
            return;
        }

        try
        {
            Load();
        }
        catch (Exception error)
        {
            throw new DllNotFoundException(LibTorchDiagnosis.Explain(LibTorchInspection.Inspect(error)), error);
        }

        _loaded = true;
    }

    /// <remarks>
    /// The native library is loaded here, before TorchSharp's static constructor loads it. If that constructor finds no libtorch beside the
    /// application, it searches NuGet's package folder and copies half a gigabyte into the application's folder. An application without a
    /// libtorch package would then run on its developer's machine and nowhere else. It also writes its own message to the console.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)] // A missing TorchSharp.dll throws when this method is compiled, so inside the try block.
    private static void Load()
    {
        OpenMpWaiting.Shorten();
        var package = TorchSharpPackage.Find();
        LoadOpenMp(package);
        LoadLibTorch(package);
        if (package is null)
        {
            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, searchPath: null);
        }
        else if (!NativeLibrary.TryLoad("LibTorchSharp", typeof(torch).Assembly, searchPath: null, out _))
        {
            // If this is not the library that is known, TorchSharp itself copies libtorch and its own library into one folder.
            MendedTorchSharp.TryLoad(package);
        }

        RuntimeHelpers.RunClassConstructor(typeof(torch).TypeHandle);
    }

    /// <summary>
    /// Loads libtorch before TorchSharp's library, as TorchSharp does, and for the same reason. The system's folders are not searched:
    /// another libtorch may lie there, such as that of Debian's python3-torch, and two of them in one process crash. What the script's host
    /// finds comes first, since a package for the processor may lie beside that for CUDA.
    /// </summary>
    private static void LoadLibTorch(TorchSharpPackage? package) =>
        _ = NativeLibrary.TryLoad(OnProcessor, typeof(torch).Assembly, DllImportSearchPath.AssemblyDirectory, out _)
            || (package is not null && NativeLibrary.TryLoad(Path.Combine(package.LibTorchFolder, NativeFile.NameOf(OnProcessor)), out _));

    /// <summary>
    /// On macOS libtorch asks for OpenMP by its path in Homebrew's folder, though its package has the library. The system's loader takes
    /// one of the same install name that is in the process already.
    /// </summary>
    private static void LoadOpenMp(TorchSharpPackage? package)
    {
        if (!OperatingSystem.IsMacOS())
        {
            return;
        }

        _ = package is not null && NativeLibrary.TryLoad(Path.Combine(package.LibTorchFolder, NativeFile.NameOf(OpenMp)), out _)
            || NativeLibrary.TryLoad(OpenMp, typeof(torch).Assembly, searchPath: null, out _);
    }
}
