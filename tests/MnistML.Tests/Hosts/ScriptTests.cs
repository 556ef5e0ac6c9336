using System.Diagnostics;
using MnistML.Native;
using MnistML.Tests.Support;

namespace MnistML.Tests.Hosts;

/// <summary>
/// The guide's F# script, as <c>#r "nuget: …"</c> lets it run: TorchSharp.dll is loaded from its package, and libtorch lies in another
/// package. The other assemblies are those of this build.
/// </summary>
[Platform("Linux", Reason = "A build copies only the host's libraries, and only that for linux-x64 is mended.")]
internal sealed class ScriptTests
{
    private const string SwitchOff = $"AppContext.SetSwitch(\"{MendedTorchSharp.SwitchName}\", false)";

    private TemporaryFolder _folder = null!;

    private string PlaceOfCopies => Path.Combine(TorchSharpPackage, "lib", "net8.0", "cpu");

    private string TorchSharpPackage => _folder.PathOf("packages/torchsharp/0.107.0");

    /// <summary>The packages are copied, so that a failing script changes nothing in the user's; libtorch's folder is linked to.</summary>
    [SetUp]
    public void CollectLibraries()
    {
        _folder = new TemporaryFolder();
        Directory.CreateDirectory(_folder.PathOf("run"));
        var original = Host.PathOf("TorchSharpPackageFolder");
        string[] files = ["torchsharp.nuspec", "lib/net8.0/TorchSharp.dll", $"runtimes/linux-x64/native/{MendedTorchSharp.FileName}"];
        foreach (var file in files)
        {
            var copy = Path.Combine(TorchSharpPackage, file);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(original, file), copy);
        }

        var libTorch = Path.GetFullPath(Path.Combine(original, "..", "..", "libtorch-cpu-linux-x64"));
        Directory.CreateSymbolicLink(_folder.PathOf("packages/libtorch-cpu-linux-x64"), libTorch);

        var libraries = Directory.CreateDirectory(_folder.PathOf("lib")).FullName;
        var native = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native");
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll").Concat(Directory.EnumerateFiles(native)))
        {
            if (!Path.GetFileName(file).Contains("torch", StringComparison.OrdinalIgnoreCase))
            {
                File.CreateSymbolicLink(Path.Combine(libraries, Path.GetFileName(file)), file);
            }
        }
    }

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void Fit_InAScript_TrainsWithTheMendedCopy()
    {
        var (exitCode, output) = RunScript(last: "printfn \"%O after %d epochs\" model.Model.Architecture model.History.Count");

        Assert.That(exitCode, Is.Zero, output);
        Assert.That(output, Does.Contain("784-512-256-10 after 3 epochs"));
        var cached = Directory.GetFiles(_folder.PathOf("cache/mnistml/torchsharp-0.107.0")).Select(Path.GetFileName);
        Assert.That(cached, Is.EqualTo([MendedTorchSharp.FileName]));
        Assert.That(Directory.Exists(PlaceOfCopies), Is.False, "TorchSharp itself would copy half a gigabyte.");
    }

    [Test]
    public void Fit_InAScriptThatSwitchesMendingOff_NamesTheCauseAndTheSwitch()
    {
        if (LibTorchInspection.Inspect(new DllNotFoundException()).CppRuntimeVersion >= new Version(3, 4, 32))
        {
            Assert.Ignore("This system's C++ runtime loads TorchSharp's library as it is.");
        }

        File.WriteAllText(PlaceOfCopies, "A file, so that TorchSharp does not copy half a gigabyte.");

        var (exitCode, output) = RunScript(first: $"System.{SwitchOff}");

        Assert.That(exitCode, Is.Not.Zero);
        Assert.That(output, Does.Contain("Likely cause: the C++ runtime of this system is too old. GLIBCXX_3.4.32 is needed;"));
        Assert.That(output, Does.Contain($"Remove from the script, and start it again: {SwitchOff}"));
    }

    /// <summary>Runs the guide's script, with files in the place of packages.</summary>
    private (int ExitCode, string Output) RunScript(string first = "", string last = "")
    {
        var script = Markdown.BlocksIn(Repository.Read("src/docs/native-libraries.md")).Single(block => block.Language == "fsharp").Text;
        string[] assemblies =
        [
            Path.Combine(TorchSharpPackage, "lib", "net8.0", "TorchSharp.dll"),
            .. Directory.EnumerateFiles(_folder.PathOf("lib"), "Microsoft.ML*.dll"), _folder.PathOf("lib/MnistML.dll"),
        ];
        File.WriteAllLines(
            _folder.PathOf("run/script.fsx"),
            [
                .. assemblies.Select(file => $"#r @\"{file}\""), first,
                .. script.Split('\n').Where(line => !line.StartsWith("#r ", StringComparison.Ordinal)), last,
            ]);

        using var process = Process.Start(Host.Describe(["dotnet", "fsi", "script.fsx"], _folder.PathOf("run")))!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }
}
