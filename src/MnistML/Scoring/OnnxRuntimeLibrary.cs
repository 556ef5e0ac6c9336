using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;
using MnistML.Common.Libraries;

namespace MnistML.Scoring;

/// <summary>
/// Loads ONNX Runtime's native library, or throws one message that says why it cannot be loaded and what to do, in the place of its own
/// <see cref="TypeInitializationException"/>.
/// </summary>
internal static class OnnxRuntimeLibrary
{
    private const string Name = "onnxruntime";

    private static volatile bool _loaded;

    /// <summary>Cheap after the first success; a failure is the same at every call.</summary>
    /// <exception cref="DllNotFoundException">ONNX Runtime could not be loaded.</exception>
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
            throw new DllNotFoundException(OnnxRuntimeDiagnosis.Explain(Inspect(error)), error);
        }

        _loaded = true;
    }

    /// <summary>Never throws: a fact that cannot be determined is left out.</summary>
    internal static OnnxRuntimeFacts Inspect(Exception error)
    {
        var name = NativeFile.NameOf(Name);
        var facts = new OnnxRuntimeFacts
        {
            RuntimeIdentifier = ThisSystem.RuntimeIdentifier,
            SearchedFolders = [AppContext.BaseDirectory],
            File = new NativeFile(name, null),
            LoaderMessage = error.GetBaseException().Message,
        };
        try
        {
            var folders = ThisSystem.FindNativeFolders();
            facts = facts with { SearchedFolders = folders, File = NativeFile.Find(name, folders) };
            return facts with
            {
                OtherLibrary = LoadedLibraries.FindFromElsewhere([name], folders).FirstOrDefault(),
                VisualCppRuntime = VisualCppRuntime.Find(),
            };
        }
        catch (Exception)
        {
            return facts;
        }
    }

    /// <summary>The first use of a native function loads the library. Options are what can be made of it without an environment.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // A missing assembly throws when this method is compiled, so inside the try block.
    private static void Load() => new SessionOptions().Dispose();
}
