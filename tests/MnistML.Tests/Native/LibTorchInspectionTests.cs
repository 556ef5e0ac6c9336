using System.Runtime.InteropServices;
using MnistML.Common.Libraries;
using MnistML.Native;
using MnistML.Tests.Support;

namespace MnistML.Tests.Native;

public sealed class LibTorchInspectionTests
{
    [Test]
    public void Inspect_FilesAreThere_FindsThemInTheOutputFolder()
    {
        var facts = LibTorchInspection.Inspect(new DllNotFoundException());

        Assert.That(facts.TorchSharpVersion, Is.EqualTo("0.107.0"));
        Assert.That(facts.SearchedFolders, Has.Member(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));
        Assert.That(facts.TorchSharpFile.Folder, Does.StartWith(AppContext.BaseDirectory));
        Assert.That(facts.LibTorchFile.Folder, Is.EqualTo(facts.TorchSharpFile.Folder));
        Assert.That(facts.OtherLibTorch, Is.Null);
    }

    [Test]
    public void Inspect_AScript_LooksIntoThePackages()
    {
        var package = new TorchSharpPackage(Host.PathOf("TorchSharpPackageFolder"), ThisSystem.RuntimeIdentifier);

        var facts = LibTorchInspection.Inspect(new DllNotFoundException(), package);

        Assert.That(facts.IsScript, Is.True);
        Assert.That(facts.SearchedFolders, Is.EqualTo(new[] { package.NativeFolder, package.LibTorchFolder }));
        Assert.That(facts.TorchSharpFile.Folder, Is.EqualTo(package.NativeFolder));
        Assert.That(facts.LibTorchFile.Folder, Is.EqualTo(package.LibTorchFolder));
    }

    [Test]
    public void Inspect_VersionMissingInTheCppRuntime_ReadsItAndDropsTheTriedPlaces()
    {
        var facts = LibTorchInspection.Inspect(new DllNotFoundException("""
            Unable to load shared library 'LibTorchSharp' or one of its dependencies. In order to help diagnose loading problems, …
            /app/LibTorchSharp.so: cannot open shared object file: No such file or directory
            /lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /app/libLibTorchSharp.so)
            /app/libLibTorchSharp: cannot open shared object file: No such file or directory
            """));

        Assert.That(facts.MissingSymbolVersion, Is.EqualTo("GLIBCXX_3.4.32"));
        Assert.That(facts.LoaderMessage, Is.EqualTo("/lib/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by "
            + "/app/libLibTorchSharp.so)"));
    }

    [Test]
    public void Inspect_DependencyMissing_KeepsItsName()
    {
        var facts = LibTorchInspection.Inspect(new DllNotFoundException("""
            libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory
            /app/libLibTorchSharp: cannot open shared object file: No such file or directory
            """));

        Assert.That(facts.LoaderMessage, Is.EqualTo("libgomp-98b21ff3.so.1: cannot open shared object file: No such file or directory"));
    }

    [Test]
    public void Inspect_AnotherException_TakesTheFirstLineOfItsCause()
    {
        var error = new TypeInitializationException("TorchSharp.torch", new NotSupportedException("No reference.\nTrace:\n1\n2"));

        Assert.That(LibTorchInspection.Inspect(error).LoaderMessage, Is.EqualTo("No reference."));
    }

    [Test]
    public void Inspect_EmptyMessage_HasNoLoaderMessage()
    {
        Assert.That(LibTorchInspection.Inspect(new NotSupportedException("")).LoaderMessage, Is.Null);
    }

    [Test]
    [Platform("Linux")]
    public void Inspect_Linux_KnowsItsRuntimes()
    {
        var facts = LibTorchInspection.Inspect(new DllNotFoundException());

        Assert.That(facts.RuntimeIdentifier, Is.EqualTo($"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}"));
        Assert.That(
            facts.CppRuntimeVersion,
            Is.GreaterThanOrEqualTo(new Version(3, 4, 30)),
            "The mended library, which these tests load, needs it.");
        Assert.That(facts.GlibcVersion, Is.GreaterThanOrEqualTo(new Version(2, 34)));
    }
}
