using MnistML.Common.Libraries;
using MnistML.Scoring;

namespace MnistML.Tests.Scoring;

internal sealed class OnnxRuntimeDiagnosisTests
{
    private const string Message = "Unable to load DLL 'onnxruntime' or one of its dependencies: … (0x8007007E)";

    private static readonly OnnxRuntimeFacts Facts = new()
    {
        RuntimeIdentifier = "win-x64",
        SearchedFolders = [@"C:\app\native", @"C:\app"],
        File = new NativeFile("onnxruntime.dll", @"C:\app"),
        VisualCppRuntime = new VisualCppRuntime { Version = new Version(14, 44) },
        LoaderMessage = Message,
    };

    [Test]
    public void Explain_NoCppRuntime_NamesIt() => Assert.That(
        OnnxRuntimeDiagnosis.Explain(Facts with { VisualCppRuntime = new VisualCppRuntime { MissingFiles = ["MSVCP140.dll"] } }),
        Is.EqualTo($"""
            ONNX Runtime, which MnistML scores with, could not be loaded on win-x64.
            Looked for: onnxruntime.dll (found in C:\app), in C:\app\native, C:\app.
            Likely cause: the Visual C++ Redistributable (x64) is missing: Windows finds no MSVCP140.dll.
            Install version 14.44 or later: https://aka.ms/vs/17/release/vc_redist.x64.exe
            The system's loader said: {Message}
            """));

    [Test]
    public void Explain_OldCppRuntime_GivesBothVersions() => Assert.That(
        OnnxRuntimeDiagnosis.Explain(Facts with { VisualCppRuntime = new VisualCppRuntime { Version = new Version(14, 29) } }),
        Does.Contain("""
            Likely cause: the Visual C++ Redistributable (x64) is too old: MSVCP140.dll has version 14.29.
            Install version 14.44 or later: https://aka.ms/vs/17/release/vc_redist.x64.exe
            """));

    [Test]
    public void Explain_NoFile_GivesThePackage() => Assert.That(
        OnnxRuntimeDiagnosis.Explain(Facts with { File = new NativeFile("onnxruntime.dll", null) }),
        Is.EqualTo($"""
            ONNX Runtime, which MnistML scores with, could not be loaded on win-x64.
            Looked for: onnxruntime.dll (not found), in C:\app\native, C:\app.
            Likely cause: the application does not reference the package that has it, or was published for another system.
            Add to its project file: <PackageReference Include="Microsoft.ML.OnnxRuntime" Version="1.31.1" />
            The system's loader said: {Message}
            """));

    /// <summary>Windows has an ONNX Runtime of its own, which is older.</summary>
    [Test]
    public void Explain_AnotherVersionLoaded_NamesIt() => Assert.That(
        OnnxRuntimeDiagnosis.Explain(Facts with { OtherLibrary = @"C:\Windows\System32\onnxruntime.dll" }),
        Does.Contain("""
            Likely cause: another version was taken: C:\Windows\System32\onnxruntime.dll.
            Remove it from the PATH, or the code that loads it.
            """));

    [Test]
    public void Explain_SystemWithoutALibrary_NamesThoseThatHaveOne() => Assert.That(
        OnnxRuntimeDiagnosis.Explain(Facts with { RuntimeIdentifier = "osx-x64" }),
        Does.Contain("""
            Likely cause: Microsoft.ML.OnnxRuntime 1.31 has a library for linux-x64, linux-arm64, win-x64, win-arm64, osx-arm64 only.
            Run the application on one of these.
            """));

    [Test]
    public void Explain_NoKnownCause_QuotesTheLoaderInOneLine() => Assert.That(
        OnnxRuntimeDiagnosis.Explain(Facts with { LoaderMessage = "a\nb" }),
        Does.EndWith("Likely cause: unknown; the file exists.\nThe system's loader said: a | b"));

    [Test]
    public void Inspect_OnThisMachine_FindsTheLibrary()
    {
        OnnxRuntimeLibrary.EnsureLoaded();

        var facts = OnnxRuntimeLibrary.Inspect(new TypeInitializationException("x", new DllNotFoundException("inner")));

        Assert.That(facts.File.Folder, Does.StartWith(AppContext.BaseDirectory));
        Assert.That(facts.OtherLibrary, Is.Null);
        Assert.That(facts.LoaderMessage, Is.EqualTo("inner"));
    }

    /// <summary>The package whose version the message gives.</summary>
    [Test]
    public void Explain_NoFile_GivesTheVersionThatTheLibraryReferences()
    {
        var version = typeof(Microsoft.ML.OnnxRuntime.InferenceSession).Assembly.GetName().Version!;

        Assert.That(
            OnnxRuntimeDiagnosis.Explain(Facts with { File = new NativeFile("onnxruntime.dll", null) }),
            Does.Contain($"Version=\"{version.ToString(fieldCount: 3)}\""));
    }
}
