using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MnistML.Tests.Conventions;

/// <summary>
/// Holds the layers of src/MnistML: each folder uses only the folders and libraries that it may. The sources are compiled anew, and
/// every name in them is followed to what it stands for.
/// </summary>
internal sealed class LayerTests
{
    /// <summary>The folder of files that lie beside the folders.</summary>
    private const string Root = "";

    private static readonly Dictionary<string, string[]> AllowedFolders = new()
    {
        ["Idx"] = [],
        ["Datasets"] = ["Idx"],
        ["Data"] = ["Idx"],
        ["Model"] = [],
        ["Onnx"] = ["Model"],
        ["Scoring"] = ["Model", "Onnx"],
        ["Network"] = ["Model"],
        ["Training"] = ["Model", "Network"],
        ["Trainers"] = ["Idx", "Datasets", "Data", "Model", "Onnx", "Scoring", "Network", "Training"],
        [Root] = ["Idx", "Datasets", "Data", "Model", "Onnx", "Scoring", "Network", "Training", "Trainers"],
    };

    /// <summary>Assemblies beyond .NET's own, by the beginning of their names.</summary>
    private static readonly Dictionary<string, string[]> AllowedLibraries = new()
    {
        ["Idx"] = [],
        ["Datasets"] = ["Microsoft.Extensions", "Polly"],
        ["Data"] = ["Microsoft.ML.DataView"],
        ["Model"] = [],
        ["Onnx"] = ["Google.Protobuf"],
        ["Scoring"] = ["Microsoft.ML"],
        ["Network"] = ["TorchSharp"],
        ["Training"] = ["TorchSharp"],
        ["Trainers"] = ["Microsoft.ML", "Microsoft.Extensions", "Polly", "TorchSharp", "Google.Protobuf"],
        [Root] = ["Microsoft.ML", "Microsoft.Extensions", "Polly", "TorchSharp", "Google.Protobuf"],
    };

    private static readonly string SourceFolder = Metadata("SourceFolder");

    private CSharpCompilation _compilation = null!;

    [OneTimeSetUp]
    public void Compile()
    {
        var generated = Metadata("IntermediateSourceFolder");
        string[] files =
        [
            .. Directory.EnumerateDirectories(SourceFolder).Where(folder => Path.GetFileName(folder) is not ("obj" or "bin"))
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)),
            .. Directory.EnumerateFiles(SourceFolder, "*.cs"),
            .. Directory.EnumerateFiles(generated, "*.cs", SearchOption.AllDirectories).Where(file => Path.GetFileName(file) is "MnistML.GlobalUsings.g.cs" or "Onnx.cs"),
        ];
        var parse = new CSharpParseOptions(LanguageVersion.Preview);
        _compilation = CSharpCompilation.Create(
            "MnistML",
            files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), parse, file)),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(file => Path.GetFileName(file) is not ("MnistML.dll" or "MnistML.Tests.dll"))
                .Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    [Test]
    public void Sources_CompiledAnew_HaveNoErrorsButOfGenerators()
    {
        // Methods that source generators fill in are the only ones without a body here.
        const string PartialWithoutBody = "CS8795";
        var errors = _compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != PartialWithoutBody);

        Assert.That(errors, Is.Empty);
    }

    [Test]
    public void Folders_OfTheLibrary_AreTheLayers()
    {
        var folders = Directory.EnumerateDirectories(SourceFolder).Select(Path.GetFileName).Except(["bin", "obj"]);

        Assert.That(folders, Is.SubsetOf(AllowedFolders.Keys));
    }

    [TestCaseSource(nameof(AllowedFolders))]
    public void Layer_OfEachFolder_UsesOnlyWhatItMay(KeyValuePair<string, string[]> layer)
    {
        var folder = layer.Key;
        var violations = _compilation.SyntaxTrees
            .Where(tree => FolderOf(tree.FilePath) == folder)
            .SelectMany(tree => UsedBy(tree).Where(use => !IsAllowed(folder, use)).Select(use => $"{Path.GetRelativePath(SourceFolder, tree.FilePath)} uses {use}"));

        Assert.That(violations.Distinct(), Is.Empty);
    }

    private static bool IsAllowed(string folder, Use use) => use.IsFolder
        ? use.Name == folder || AllowedFolders[folder].Contains(use.Name)
        : IsOfDotNet(use.Name) || AllowedLibraries[folder].Any(library => use.Name.StartsWith(library, StringComparison.Ordinal));

    /// <summary>System.Numerics.Tensors comes as a package, by way of ML.NET.</summary>
    private static bool IsOfDotNet(string assembly) =>
        (assembly.StartsWith("System.", StringComparison.Ordinal) && assembly != "System.Numerics.Tensors") || assembly is "netstandard" or "Microsoft.Win32.Primitives";

    private IEnumerable<Use> UsedBy(SyntaxTree tree)
    {
        var model = _compilation.GetSemanticModel(tree);
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            if (model.GetSymbolInfo(name).Symbol is { Kind: not (SymbolKind.Namespace or SymbolKind.Local or SymbolKind.Parameter or SymbolKind.RangeVariable) } symbol)
            {
                var source = symbol.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath;
                yield return source is not null ? new Use(FolderOf(source), IsFolder: true) : new Use(symbol.ContainingAssembly?.Name ?? "System.Runtime", IsFolder: false);
            }
        }
    }

    private static string FolderOf(string file)
    {
        if (Path.GetFileName(file) == "Onnx.cs")
        {
            return "Onnx"; // made from Onnx/onnx.proto
        }

        var parts = Path.GetRelativePath(SourceFolder, file).Split(Path.DirectorySeparatorChar);
        return parts.Length > 1 ? parts[0] : Root;
    }

    private static string Metadata(string key) => typeof(LayerTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    private readonly record struct Use(string Name, bool IsFolder)
    {
        public override string ToString() => IsFolder ? $"{(Name.Length == 0 ? "the root" : $"{Name}/")}" : Name;
    }
}
