using System.Diagnostics;
using System.IO.Compression;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using MnistML.Tests.Support;

namespace MnistML.Tests.Conventions;

/// <summary>Packs the library as it was built with the tests, and opens the package.</summary>
internal sealed class PackageTests
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private const int IconSize = 128; // pixels, as NuGet recommends

    private TemporaryFolder _folder = null!;
    private ZipArchive _package = null!;
    private ZipArchive _symbols = null!;
    private XElement _metadata = null!;

    private static string Version => XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

    [OneTimeSetUp]
    public void Pack()
    {
        _folder = new TemporaryFolder();
        string[] arguments =
        [
            "pack", "-c", Configuration, "--no-build", "-nologo", "-o", _folder.Path, Repository.PathOf("src/MnistML"),
        ];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
        };
        using var pack = Process.Start(start)!;
        var output = pack.StandardOutput.ReadToEnd();
        pack.WaitForExit();
        Assert.That(pack.ExitCode, Is.Zero, output);

        _package = ZipFile.OpenRead(_folder.PathOf($"MnistML.{Version}.nupkg"));
        _symbols = ZipFile.OpenRead(_folder.PathOf($"MnistML.{Version}.snupkg"));
        using var nuspec = _package.GetEntry("MnistML.nuspec")!.Open();
        _metadata = XDocument.Load(nuspec).Root!.Elements().Single();
    }

    [OneTimeTearDown]
    public void Delete()
    {
        _package?.Dispose();
        _symbols?.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void Package_Opened_HoldsTheLibraryAndNothingElse()
    {
        string[] expected =
        [
            "LICENSE",
            "PACKAGE.md",
            "buildTransitive/MnistML.targets",
            "buildTransitive/WeakenSymbolVersion.cs",
            "icon.png",
            "lib/net10.0/MnistML.dll",
            "lib/net10.0/MnistML.xml",
        ];

        Assert.That(FilesOf(_package), Is.EquivalentTo(expected));
    }

    [Test]
    public void Symbols_Opened_HoldThoseOfTheLibrary() => Assert.That(FilesOf(_symbols), Is.EqualTo(["lib/net10.0/MnistML.pdb"]));

    [Test]
    public void Dependencies_OfThePackage_AreWhatTheLibraryUses()
    {
        var group = _metadata.Elements().Single(element => element.Name.LocalName == "dependencies").Elements().Single();
        var found = group.Elements().ToDictionary(
            dependency => dependency.Attribute("id")!.Value, dependency => dependency.Attribute("version")!.Value);

        Assert.Multiple(() =>
        {
            Assert.That(group.Attribute("targetFramework")!.Value, Is.EqualTo("net10.0"));
            Assert.That(found, Is.EquivalentTo(new Dictionary<string, string>
            {
                ["Google.Protobuf"] = "3.36.2",
                ["Microsoft.Extensions.Http.Resilience"] = "10.11.0",
                ["Microsoft.ML"] = "5.0.1",
                ["Microsoft.ML.OnnxRuntime"] = "1.31.1",
                ["Microsoft.ML.OnnxTransformer"] = "5.0.1",
                ["TorchSharp"] = "[0.107.0, 0.108.0)",
            }));
        });
    }

    [TestCase("id", "MnistML")]
    [TestCase("title", "MnistML: multi-layer perceptrons for ML.NET")]
    [TestCase("authors", "MnistML contributors")]
    [TestCase("license", "LICENSE")]
    [TestCase("readme", "PACKAGE.md")]
    [TestCase("icon", "icon.png")]
    [TestCase("copyright", "Copyright (c) 2026 MnistML contributors")]
    [TestCase(
        "tags",
        "ML.NET mlnet machine-learning neural-network multilayer-perceptron MLP deep-learning classification regression TorchSharp ONNX "
        + "MNIST IDX")]
    public void Field_OfThePackage_IsWhatItShouldBe(string field, string expected) => Assert.That(Field(field), Is.EqualTo(expected));

    [Test]
    public void Description_OfThePackage_BeginsAsTheReadmeDoes()
    {
        var sentence = Repository.Read("README.md").Split("\n\n")[1].Split(':')[0];

        Assert.That(Field("description"), Does.StartWith($"{sentence}: "));
    }

    [Test]
    public void Version_OfThePackage_HasASectionInTheChangelog() => Assert.Multiple(() =>
    {
        Assert.That(Field("version"), Is.EqualTo(Version).And.Match(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$"));
        Assert.That(Repository.Read("src/CHANGELOG.md"), Does.Contain($"\n## [{Version}] - "));
    });

    [Test]
    public void Icon_InThePackage_IsAPngOfTheRecommendedSize()
    {
        var icon = Read("icon.png");

        Assert.Multiple(() =>
        {
            Assert.That(icon[..8], Is.EqualTo((byte[])[0x89, .. "PNG\r\n"u8, 0x1A, 0x0A]), "signature");
            Assert.That(icon[16..24], Is.EqualTo((byte[])[0, 0, 0, IconSize, 0, 0, 0, IconSize]), "width and height");
        });
    }

    [Test]
    public void Readme_InThePackage_LinksToNothingThatOnlyTheRepositoryHas()
    {
        var links = Markdown.LinksIn(Repository.Read("src/MnistML/PACKAGE.md"));

        Assert.That(links, Is.All.StartsWith("https://"));
    }

    [Test]
    public void Assembly_InThePackage_IsDeterministic()
    {
        using var assembly = new PEReader(new MemoryStream(Read("lib/net10.0/MnistML.dll")));

        Assert.That(assembly.ReadDebugDirectory().Select(entry => entry.Type), Has.Member(DebugDirectoryEntryType.Reproducible));
    }

    private static IEnumerable<string> FilesOf(ZipArchive package) => package.Entries
        .Select(entry => entry.FullName)
        .Where(file => file is not ("MnistML.nuspec" or "[Content_Types].xml" or "_rels/.rels"))
        .Where(file => !file.StartsWith("package/services/", StringComparison.Ordinal));

    private string Field(string name) => _metadata.Elements().Single(element => element.Name.LocalName == name).Value;

    private byte[] Read(string file)
    {
        using var content = _package.GetEntry(file)!.Open();
        var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }
}
