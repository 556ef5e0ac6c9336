using MnistML.Common.Libraries;
using MnistML.Native;

namespace MnistML.Tests.Native;

public sealed class LibTorchDiagnosisTests
{
    private static readonly LibTorchFacts LinuxWithBothFiles = new()
    {
        RuntimeIdentifier = "linux-x64",
        TorchSharpVersion = "0.107.0",
        SearchedFolders = ["/app/native", "/app"],
        TorchSharpFile = new NativeFile("libLibTorchSharp.so", "/app/native"),
        LibTorchFile = new NativeFile("libtorch_cpu.so", "/app/native"),
        CppRuntimeVersion = new Version(3, 4, 30),
        GlibcVersion = new Version(2, 36),
    };

    private const string LinuxOpening = """
        libtorch, which MnistML trains with, could not be loaded on linux-x64.
        Looked for: libLibTorchSharp.so (found in /app/native) and libtorch_cpu.so (found in /app/native), in /app/native, /app.

        """;

    [Test]
    public void Explain_NoLibTorchOnLinux_GivesTheLinesToAdd()
    {
        var facts = LinuxWithBothFiles with { LibTorchFile = new NativeFile("libtorch_cpu.so", null) };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo("""
            libtorch, which MnistML trains with, could not be loaded on linux-x64.
            Looked for: libLibTorchSharp.so (found in /app/native) and libtorch_cpu.so (not found), in /app/native, /app.
            Likely cause: the application references no libtorch package.
            Add to its project file: <PackageReference Include="TorchSharp-cpu" Version="0.107.0" />
            For CUDA, instead: <PackageReference Include="TorchSharp-cuda-linux" Version="0.107.0" />
            """));
    }

    [Test]
    public void Explain_NoLibTorchInAScript_GivesTheLinesToAdd()
    {
        var facts = LinuxWithBothFiles with { IsScript = true, LibTorchFile = new NativeFile("libtorch_cpu.so", null) };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo("""
            libtorch, which MnistML trains with, could not be loaded on linux-x64.
            Looked for: libLibTorchSharp.so (found in /app/native) and libtorch_cpu.so (not found), in /app/native, /app.
            Likely cause: the script references no libtorch package.
            Add to it: #r "nuget: TorchSharp-cpu, 0.107.0"
            For CUDA, instead: #r "nuget: TorchSharp-cuda-linux, 0.107.0"
            """));
    }

    [Test]
    public void Explain_OnlyTheSystemsLibTorch_NamesItToo()
    {
        var facts = LinuxWithBothFiles with
        {
            LibTorchFile = new NativeFile("libtorch_cpu.so", null),
            OtherLibTorch = "/opt/libtorch.so",
        };

        const string Cause = "the application references no libtorch package. "
            + "The libtorch at /opt/libtorch.so was loaded instead and does not fit.";
        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo($"""
            libtorch, which MnistML trains with, could not be loaded on linux-x64.
            Looked for: libLibTorchSharp.so (found in /app/native) and libtorch_cpu.so (not found), in /app/native, /app.
            Likely cause: {Cause}
            Add to its project file: <PackageReference Include="TorchSharp-cpu" Version="0.107.0" />
            For CUDA, instead: <PackageReference Include="TorchSharp-cuda-linux" Version="0.107.0" />
            """));
    }

    [Test]
    public void Explain_NoLibTorchOnMacOS_NamesNoCudaPackage()
    {
        var facts = LinuxWithBothFiles with
        {
            RuntimeIdentifier = "osx-arm64",
            SearchedFolders = ["/app"],
            TorchSharpFile = new NativeFile("libLibTorchSharp.dylib", "/app"),
            LibTorchFile = new NativeFile("libtorch_cpu.dylib", null),
        };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo("""
            libtorch, which MnistML trains with, could not be loaded on osx-arm64.
            Looked for: libLibTorchSharp.dylib (found in /app) and libtorch_cpu.dylib (not found), in /app.
            Likely cause: the application references no libtorch package.
            Add to its project file: <PackageReference Include="TorchSharp-cpu" Version="0.107.0" />
            """));
    }

    [Test]
    public void Explain_LibraryNotMendedWhereTheMendedOneLoads_SaysHowToSwitchMendingOn()
    {
        var facts = LinuxWithBothFiles with { MissingSymbolVersion = "GLIBCXX_3.4.32" };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo(LinuxOpening + """
            Likely cause: the C++ runtime of this system is too old. GLIBCXX_3.4.32 is needed; the system has GLIBCXX_3.4.30 and glibc 2.36.
            MnistML's build mends libLibTorchSharp.so so that it needs GLIBCXX_3.4.30 and glibc 2.34. This copy is not mended.
            Add to the project file, in a PropertyGroup, and build again: <MnistMLMendTorchSharp>true</MnistMLMendTorchSharp>
            """));
    }

    [Test]
    public void Explain_LibraryNotMendedInAScript_NamesTheSwitch()
    {
        var facts = LinuxWithBothFiles with { IsScript = true, MissingSymbolVersion = "GLIBCXX_3.4.32" };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo(LinuxOpening + """
            Likely cause: the C++ runtime of this system is too old. GLIBCXX_3.4.32 is needed; the system has GLIBCXX_3.4.30 and glibc 2.36.
            MnistML mends libLibTorchSharp.so so that it needs GLIBCXX_3.4.30 and glibc 2.34. This copy is not mended.
            Remove from the script, and start it again: AppContext.SetSwitch("MnistML.MendTorchSharp", false)
            """));
    }

    [TestCase("GLIBCXX_3.4.32", "C++ runtime", Description = "Not mended, and mending would not be enough.")]
    [TestCase("GLIBCXX_3.4.30", "C++ runtime", Description = "Mended.")]
    [TestCase("GLIBC_2.34", "C library")]
    public void Explain_SystemTooOldForTheMendedLibrary_AsksForANewerSystem(string missing, string library)
    {
        var facts = LinuxWithBothFiles with
        {
            MissingSymbolVersion = missing,
            CppRuntimeVersion = new Version(3, 4, 28),
            GlibcVersion = new Version(2, 31),
        };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo(LinuxOpening + $"""
            Likely cause: the {library} of this system is too old. {missing} is needed; the system has GLIBCXX_3.4.28 and glibc 2.31.
            MnistML's build mends libLibTorchSharp.so so that it needs GLIBCXX_3.4.30 and glibc 2.34. This system has older versions.
            Train on a newer system: Debian 12, Ubuntu 22.04 or later.
            """));
    }

    [Test]
    public void Explain_RuntimeVersionsUnknown_SaysSo()
    {
        var facts = LinuxWithBothFiles with
        {
            MissingSymbolVersion = "GLIBCXX_3.4.32",
            CppRuntimeVersion = null,
            GlibcVersion = null,
        };

        const string Cause = "Likely cause: the C++ runtime of this system is too old. GLIBCXX_3.4.32 is needed; "
            + "the system has a C++ runtime of unknown version and glibc of unknown version.";
        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo(LinuxOpening + $"""
            {Cause}
            MnistML's build mends libLibTorchSharp.so so that it needs GLIBCXX_3.4.30 and glibc 2.34. This copy is not mended.
            Add to the project file, in a PropertyGroup, and build again: <MnistMLMendTorchSharp>true</MnistMLMendTorchSharp>
            """));
    }

    [Test]
    public void Explain_SystemWithoutLibTorch_NamesThoseThatHaveOne()
    {
        var facts = LinuxWithBothFiles with
        {
            RuntimeIdentifier = "linux-musl-x64",
            SearchedFolders = ["/app"],
            TorchSharpFile = new NativeFile("libLibTorchSharp.so", null),
            LibTorchFile = new NativeFile("libtorch_cpu.so", null),
        };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo("""
            libtorch, which MnistML trains with, could not be loaded on linux-musl-x64.
            Looked for: libLibTorchSharp.so (not found) and libtorch_cpu.so (not found), in /app.
            Likely cause: TorchSharp-cpu 0.107.0 brings libtorch for linux-x64, win-x64, osx-arm64 only.
            Train on one of these. A saved model can be used without libtorch, wherever ONNX Runtime runs.
            """));
    }

    [Test]
    public void Explain_NoOpenMpOnMacOS_SaysHowToInstallIt()
    {
        var facts = LinuxWithBothFiles with
        {
            RuntimeIdentifier = "osx-arm64",
            SearchedFolders = ["/app"],
            TorchSharpFile = new NativeFile("libLibTorchSharp.dylib", "/app"),
            LibTorchFile = new NativeFile("libtorch_cpu.dylib", "/app"),
            LoaderMessage = "Library not loaded: /opt/homebrew/opt/libomp/lib/libomp.dylib",
        };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo("""
            libtorch, which MnistML trains with, could not be loaded on osx-arm64.
            Looked for: libLibTorchSharp.dylib (found in /app) and libtorch_cpu.dylib (found in /app), in /app.
            Likely cause: libtorch for macOS asks for OpenMP in Homebrew's folder, and the copy in its package was not taken.
            Install it: brew install libomp
            The system's loader said: Library not loaded: /opt/homebrew/opt/libomp/lib/libomp.dylib
            """));
    }

    [Test]
    public void Explain_NoKnownCause_QuotesTheLoader()
    {
        var facts = LinuxWithBothFiles with
        {
            LoaderMessage = "libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory",
        };

        Assert.That(LibTorchDiagnosis.Explain(facts), Is.EqualTo(LinuxOpening + """
            Likely cause: unknown; both files exist.
            The system's loader said: libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory
            """));
    }
}
