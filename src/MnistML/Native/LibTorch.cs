using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;

namespace MnistML.Native;

/// <summary>Loads libtorch, or says in one message why it does not load and what to do.</summary>
internal static class LibTorch
{
    private static volatile bool _loaded;

    /// <summary>Makes sure that TorchSharp can be used. Cheap once it has succeeded; a failure is the same at every call.</summary>
    /// <exception cref="DllNotFoundException">TorchSharp or libtorch could not be loaded.</exception>
    public static void EnsureLoaded()
    {
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
    /// The native library is loaded here, before TorchSharp's static constructor does it. Where that finds no libtorch beside the
    /// application, it searches NuGet's package folder, copies half a gigabyte into the application's, and so makes an application
    /// without a libtorch package run on its developer's machine and nowhere else; and it writes its own message to the console.
    /// </remarks>
    [MethodImpl(MethodImplOptions.NoInlining)] // A missing TorchSharp.dll is met when this is compiled, so within the try block above.
    private static void Load()
    {
        OpenMpWaiting.Shorten();
        if (!RunsFromPackageFolder())
        {
            NativeLibrary.TryLoad("torch_cpu", typeof(torch).Assembly, searchPath: null, out _); // as TorchSharp does, and for its reason
            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, searchPath: null);
        }

        RuntimeHelpers.RunClassConstructor(typeof(torch).TypeHandle);
    }

    /// <summary>In a notebook TorchSharp.dll is that of its package (lib/net8.0), and gathering libtorch is TorchSharp's own task.</summary>
    private static bool RunsFromPackageFolder() =>
        Path.GetDirectoryName(typeof(torch).Assembly.Location) is { } folder
        && File.Exists(Path.Combine(folder, "..", "..", "torchsharp.nuspec"));
}
