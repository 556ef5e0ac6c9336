using MnistML.Common.Libraries;
using MnistML.Native;

namespace MnistML.Tests.Native;

/// <summary>What is said on Windows, where codes in the loader's message tell causes apart.</summary>
internal sealed class LibTorchDiagnosisWindowsTests
{
    private const string ModuleNotFound =
        "Unable to load DLL 'LibTorchSharp' or one of its dependencies: Das angegebene Modul wurde nicht gefunden. (0x8007007E)";

    private const string ProcedureNotFound =
        "Unable to load DLL 'LibTorchSharp' or one of its dependencies: The specified procedure could not be found. (0x8007007F)";

    private const string Opening = """
        libtorch, which MnistML trains with, could not be loaded on win-x64.
        Looked for: LibTorchSharp.dll (found in C:\app) and torch_cpu.dll (found in C:\app), in C:\app.

        """;

    private static readonly LibTorchFacts WindowsWithBothFiles = new()
    {
        RuntimeIdentifier = "win-x64",
        TorchSharpVersion = "0.107.0",
        SearchedFolders = [@"C:\app"],
        TorchSharpFile = new NativeFile("LibTorchSharp.dll", @"C:\app"),
        LibTorchFile = new NativeFile("torch_cpu.dll", @"C:\app"),
        VisualCppRuntime = new VisualCppRuntime { Version = new Version(14, 44) },
    };

    [Test]
    public void Explain_NoLibTorchOnWindows_NamesTheCudaPackageForWindows()
    {
        var facts = WindowsWithBothFiles with
        {
            TorchSharpFile = new NativeFile("LibTorchSharp.dll", null),
            LibTorchFile = new NativeFile("torch_cpu.dll", null),
        };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo("""
            libtorch, which MnistML trains with, could not be loaded on win-x64.
            Looked for: LibTorchSharp.dll (not found) and torch_cpu.dll (not found), in C:\app.
            Likely cause: the application references no libtorch package.
            Add to its project file: <PackageReference Include="TorchSharp-cpu" Version="0.107.0" />
            For CUDA, instead: <PackageReference Include="TorchSharp-cuda-windows" Version="0.107.0" />
            """));
    }

    [Test]
    public void Explain_NoLibTorchOnWindowsArm_GivesThePackageOfItsOwn()
    {
        var facts = WindowsWithBothFiles with
        {
            RuntimeIdentifier = "win-arm64",
            LibTorchFile = new NativeFile("torch_cpu.dll", null),
        };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo("""
            libtorch, which MnistML trains with, could not be loaded on win-arm64.
            Looked for: LibTorchSharp.dll (found in C:\app) and torch_cpu.dll (not found), in C:\app.
            Likely cause: the application references no libtorch package.
            Add to its project file: <PackageReference Include="libtorch-cpu-win-arm64" Version="2.10.0" />
            """));
    }

    [Test]
    public void Explain_NoCppRuntime_NamesItItsVersionAndWhereToGetIt()
    {
        var facts = WindowsWithBothFiles with
        {
            LoaderMessage = ModuleNotFound,
            VisualCppRuntime = new VisualCppRuntime { MissingFiles = ["MSVCP140.dll", "VCRUNTIME140_1.dll"] },
        };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo(Opening + $"""
            Likely cause: the Visual C++ Redistributable (x64) is missing: Windows finds no MSVCP140.dll, VCRUNTIME140_1.dll.
            Install version 14.44 or later: https://aka.ms/vs/17/release/vc_redist.x64.exe
            The system's loader said: {ModuleNotFound}
            """));
    }

    [TestCase("win-x64", "x64")]
    [TestCase("win-arm64", "arm64")]
    public void Explain_OldCppRuntime_GivesBothVersions(string system, string architecture)
    {
        var facts = WindowsWithBothFiles with
        {
            RuntimeIdentifier = system,
            LoaderMessage = ProcedureNotFound,
            VisualCppRuntime = new VisualCppRuntime { Version = new Version(14, 29) },
        };

        Assert.That(LibTorchDiagnosis.Explain(facts), Does.EndWith($"""

            Likely cause: the Visual C++ Redistributable ({architecture}) is too old: MSVCP140.dll has version 14.29.
            Install version 14.44 or later: https://aka.ms/vs/17/release/vc_redist.{architecture}.exe
            The system's loader said: {ProcedureNotFound}
            """));
    }

    [Test]
    public void Explain_LibrariesOfAnotherLibTorch_NamesThem()
    {
        var facts = WindowsWithBothFiles with
        {
            LoaderMessage = ProcedureNotFound,
            OtherLibraries = [@"C:\Python\torch\lib\c10.dll", @"C:\Python\torch\lib\torch_cpu.dll"],
        };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo(Opening + $"""
            Likely cause: libraries of another libtorch were taken: C:\Python\torch\lib\c10.dll, C:\Python\torch\lib\torch_cpu.dll.
            Remove them from the PATH, or the code that loads them; delete the folders bin and obj, and build again.
            The system's loader said: {ProcedureNotFound}
            """));
    }

    [Test]
    public void Explain_ProcedureNotFound_SaysThatVersionsAreMixed()
    {
        var facts = WindowsWithBothFiles with { LoaderMessage = ProcedureNotFound };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo(Opening + $"""
            Likely cause: the libraries in C:\app are of different versions of libtorch.
            Delete the folders bin and obj, and build again.
            The system's loader said: {ProcedureNotFound}
            """));
    }

    [Test]
    public void Explain_ModuleNotFoundWithTheCppRuntime_SaysThatAFileIsMissing()
    {
        // An old one is no reason for a file that is missing.
        var facts = WindowsWithBothFiles with
        {
            LoaderMessage = ModuleNotFound,
            VisualCppRuntime = new VisualCppRuntime { Version = new Version(14, 29) },
        };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo(Opening + $"""
            Likely cause: a library that these need was not found. The Visual C++ Redistributable is there, so their package lacks it.
            Delete the folders bin and obj, and build again.
            The system's loader said: {ModuleNotFound}
            """));
    }

    [Test]
    public void Explain_AnotherCode_QuotesTheLoader()
    {
        var facts = WindowsWithBothFiles with { LoaderMessage = "A dynamic link library initialization routine failed. (0x8007045A)" };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo(Opening + """
            Likely cause: unknown; both files exist.
            The system's loader said: A dynamic link library initialization routine failed. (0x8007045A)
            """));
    }
}
