using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;
using MnistML.Tests.Support;

namespace MnistML.Tests.OnnxExport;

/// <summary>Packs MnistML.OnnxExport as it was built with the tests, and opens the package.</summary>
internal sealed class OnnxExportPackageTests
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    [Test]
    public void Package_Opened_HoldsTheLibraryAndItsDependenciesAlone()
    {
        using var folder = new TemporaryFolder();
        string[] arguments =
        [
            "pack", "-c", Configuration, "--no-build", "-nologo", "-o", folder.Path, Repository.PathOf("src/MnistML.OnnxExport"),
        ];
        using var pack = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = pack.StandardOutput.ReadToEnd();
        pack.WaitForExit();
        Assert.That(pack.ExitCode, Is.Zero, output);
        var version = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

        using var package = ZipFile.OpenRead(folder.PathOf($"MnistML.OnnxExport.{version}.nupkg"));

        var files = package.Entries.Select(entry => entry.FullName).Where(file => !file.StartsWith("package/", StringComparison.Ordinal));
        Assert.That(files.Except(["MnistML.OnnxExport.nuspec", "[Content_Types].xml", "_rels/.rels"]), Is.EquivalentTo(
            ["LICENSE", "PACKAGE.md", "icon.png", "lib/net10.0/MnistML.OnnxExport.dll", "lib/net10.0/MnistML.OnnxExport.xml"]));
        using var nuspec = package.GetEntry("MnistML.OnnxExport.nuspec")!.Open();
        var dependencies = XDocument.Load(nuspec).Descendants().Where(element => element.Name.LocalName == "dependency")
            .ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);
        Assert.That(dependencies, Is.EquivalentTo(new Dictionary<string, string>
        {
            ["MnistML"] = version,
            ["Google.Protobuf"] = "3.36.2",
            ["Microsoft.ML"] = "5.0.1",
            ["Microsoft.ML.OnnxConverter"] = "0.23.1",
            ["Microsoft.ML.OnnxRuntime"] = "1.31.1",
        }));
    }

    [Test]
    public void Readme_InThePackage_LinksToNothingThatOnlyTheRepositoryHas() =>
        Assert.That(Markdown.LinksIn(Repository.Read("src/MnistML.OnnxExport/PACKAGE.md")), Is.All.StartsWith("https://"));
}
