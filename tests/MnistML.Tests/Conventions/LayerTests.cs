using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MnistML.Tests.Conventions;

/// <summary>
/// Checks the rooms of src/MnistML: each folder uses only the folders and libraries that it may. The test compiles the sources, and looks
/// up what every name in them refers to.
/// </summary>
internal sealed class LayerTests
{
    /// <summary>
    /// The rooms of the library, from the ground floor up, and the rooms that each may use beside itself. A room is a folder, or a folder
    /// within one. A room that may use <c>Training/Rows</c> may not therefore use <c>Training/Loop</c>. This is the table of
    /// ARCHITECTURE.md.
    /// </summary>
    private static readonly Dictionary<string, string[]> AllowedRooms = new()
    {
        ["Common"] = [],
        ["Common/Libraries"] = [],
        ["Common/DataViews"] = ["Common"],
        ["Idx"] = ["Common"],
        ["Datasets"] = ["Common", "Idx", "Datasets/Download"],
        ["Datasets/Download"] = ["Common", "Idx", "Datasets"],
        ["Datasets/Synthetic"] = ["Common", "Idx", "Datasets"],
        ["Data/Loading"] = ["Common", "Common/DataViews", "Idx"],
        ["Data/Saving"] = ["Common", "Common/DataViews", "Idx"],
        ["Model"] = ["Common"],
        ["Onnx"] = ["Common", "Model"],
        ["Scoring"] =
        [
            "Common", "Common/Libraries", "Common/DataViews", "Model", "Onnx", "Vectors", "Scoring/Stock", "Scoring/Cursors",
            "Scoring/Archive",
        ],
        ["Scoring/Stock"] = ["Common", "Common/DataViews", "Model", "Onnx"],
        ["Scoring/Cursors"] = ["Common", "Common/DataViews", "Scoring"],
        ["Scoring/Archive"] = ["Common", "Common/DataViews", "Model", "Onnx", "Scoring", "Scoring/Stock"],
        ["Vectors"] = ["Common", "Model"],
        ["Native"] = ["Common", "Common/Libraries"],
        ["Network/Losses"] = ["Common", "Vectors"],
        ["Network/Features"] = ["Common", "Model", "Vectors", "Native"],
        ["Network"] = ["Common", "Model", "Vectors", "Native", "Network/Losses", "Network/Features"],
        ["Network/Workers"] = ["Common"],
        ["Network/Matrices"] = ["Common", "Vectors", "Native"],
        ["Network/Backprop"] =
            ["Common", "Model", "Vectors", "Native", "Network", "Network/Losses", "Network/Workers", "Network/Matrices"],
        ["Training/Group"] = ["Common"],
        ["Training/Schedules"] = ["Common"],
        ["Training/Optimizers"] = ["Common", "Model", "Vectors", "Native", "Network"],
        ["Training/Augmentation"] = ["Common", "Vectors"],
        ["Training/Options"] =
        [
            "Common", "Model", "Vectors", "Native", "Network", "Network/Losses", "Training/Group", "Training/Schedules",
            "Training/Optimizers", "Training/Augmentation",
        ],
        ["Training/Sampling"] = ["Common", "Network/Losses", "Training/Options"],
        ["Training/Rows/Stores"] = ["Common", "Network/Losses"],
        ["Training/Rows"] =
        [
            "Common", "Model", "Network/Losses", "Network/Features", "Training/Group", "Training/Options", "Training/Sampling",
            "Training/Rows/Stores",
        ],
        ["Training/Choices"] = ["Common", "Model", "Training/Schedules", "Training/Options", "Training/Rows"],
        ["Training/Features"] =
        [
            "Common", "Model", "Network/Features", "Training/Options", "Training/Sampling", "Training/Rows", "Training/Choices",
        ],
        ["Training/Checkpoints"] =
        [
            "Common", "Model", "Network", "Training/Group", "Training/Schedules", "Training/Optimizers", "Training/Options",
            "Training/Rows",
        ],
        ["Training/Loop"] =
        [
            "Common", "Model", "Vectors", "Native", "Network", "Network/Losses", "Network/Features", "Network/Workers", "Network/Matrices",
            "Network/Backprop", "Training/Group", "Training/Schedules", "Training/Optimizers", "Training/Augmentation", "Training/Options",
            "Training/Rows", "Training/Choices", "Training/Features", "Training/Checkpoints",
        ],
        ["Trainers"] =
        [
            "Common", "Common/DataViews", "Model", "Onnx", "Scoring", "Native", "Network", "Network/Losses", "Training/Group",
            "Training/Schedules", "Training/Optimizers", "Training/Augmentation", "Training/Options", "Training/Rows", "Training/Choices",
            "Training/Checkpoints", "Training/Loop", "Trainers/Columns",
        ],
        ["Trainers/Columns"] = ["Common", "Common/DataViews", "Model", "Network/Losses", "Training/Options", "Training/Rows"],
        ["Catalog"] =
        [
            "Common", "Idx", "Datasets", "Datasets/Synthetic", "Data/Loading", "Data/Saving", "Model", "Scoring", "Scoring/Archive",
            "Training/Options", "Trainers",
        ],
    };

    /// <summary>
    /// The libraries beside .NET that a room may use, by the beginning of their names. Rooms that are not listed use none.
    /// </summary>
    private static readonly Dictionary<string, string[]> AllowedLibraries = new()
    {
        ["Common/DataViews"] = ["Microsoft.ML.DataView"],
        ["Datasets"] = ["Microsoft.Extensions", "Polly"],
        ["Datasets/Download"] = ["Microsoft.Extensions", "Polly"],
        ["Data/Loading"] = ["Microsoft.ML.DataView"],
        ["Data/Saving"] = ["Microsoft.ML.DataView"],
        ["Onnx"] = ["Google.Protobuf"],
        ["Scoring"] = ["Microsoft.ML"],
        ["Scoring/Stock"] = ["Microsoft.ML"],
        ["Scoring/Cursors"] = ["Microsoft.ML"],
        ["Scoring/Archive"] = ["Microsoft.ML"],
        ["Native"] = ["TorchSharp"],
        ["Network/Losses"] = ["TorchSharp"],
        ["Network/Features"] = ["TorchSharp"],
        ["Network"] = ["TorchSharp"],
        ["Network/Workers"] = ["TorchSharp"],
        ["Network/Matrices"] = ["TorchSharp"],
        ["Network/Backprop"] = ["TorchSharp"],
        ["Training/Optimizers"] = ["TorchSharp"],
        ["Training/Options"] = ["TorchSharp"],
        ["Training/Checkpoints"] = ["TorchSharp"],
        ["Training/Loop"] = ["TorchSharp"],
        ["Trainers"] = ["Microsoft.ML", "TorchSharp"],
        ["Trainers/Columns"] = ["Microsoft.ML"],
        ["Catalog"] = ["Microsoft.ML"],
    };

    /// <summary>The namespaces of public types. All other types are in the namespace of their folder.</summary>
    private static readonly string[] PublicNamespaces = ["MnistML", "MnistML.Idx", "MnistML.Datasets", "Microsoft.ML"];

    private const int MaxFilesInRoom = 16;

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
            .. Directory.EnumerateFiles(generated, "*.cs", SearchOption.AllDirectories)
                .Where(file => Path.GetFileName(file) is "MnistML.GlobalUsings.g.cs" or "Onnx.cs"),
        ];
        var parse = new CSharpParseOptions(LanguageVersion.Preview);
        _compilation = CSharpCompilation.Create(
            "MnistML",
            files.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), parse, file)),
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Where(file => Path.GetFileName(file) is not ("MnistML.dll" or "MnistML.Tests.dll"))
                .Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable));
    }

    [Test]
    public void Sources_CompiledAnew_HaveNoErrorsButOfGenerators()
    {
        // Methods whose bodies source generators write are the only ones without a body here.
        const string PartialWithoutBody = "CS8795";
        var errors = _compilation.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && diagnostic.Id != PartialWithoutBody);

        Assert.That(errors, Is.Empty);
    }

    [Test]
    public void Folders_OfTheLibrary_AreTheRooms()
    {
        var rooms = OwnTrees.Select(tree => RoomOf(tree.FilePath)).Distinct();

        Assert.That(rooms, Is.EquivalentTo(AllowedRooms.Keys));
    }

    [Test]
    public void Folders_OfTheLibrary_HoldFewFiles()
    {
        var crowded = OwnTrees.GroupBy(tree => RoomOf(tree.FilePath))
            .Where(room => room.Count() > MaxFilesInRoom)
            .Select(room => $"{room.Key}: {room.Count()} files");

        Assert.That(crowded, Is.Empty);
    }

    [TestCaseSource(nameof(AllowedRooms))]
    public void Room_OfEachFolder_UsesOnlyWhatItMay(KeyValuePair<string, string[]> entry)
    {
        var room = entry.Key;
        var violations =
            from tree in _compilation.SyntaxTrees
            where RoomOf(tree.FilePath) == room
            from use in UsedBy(tree)
            where !IsAllowed(room, use)
            select $"{Path.GetRelativePath(SourceFolder, tree.FilePath)} uses {use}";

        Assert.That(violations.Distinct(), Is.Empty);
    }

    [Test]
    public void Types_OfTheLibrary_LiveInTheNamespaceOfTheirRoom()
    {
        var violations = OwnTrees
            .SelectMany(tree => tree.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
                .Where(type => type.Parent is BaseNamespaceDeclarationSyntax)
                .Select(type => (Room: RoomOf(tree.FilePath), Symbol: _compilation.GetSemanticModel(tree).GetDeclaredSymbol(type)!)))
            .Where(type => type.Symbol.DeclaredAccessibility == Accessibility.Public
                ? !PublicNamespaces.Contains(type.Symbol.ContainingNamespace.ToString())
                : type.Symbol.ContainingNamespace.ToString() != $"MnistML.{type.Room.Replace('/', '.')}")
            .Select(type => $"{type.Symbol} lies in {type.Room}");

        Assert.That(violations.Distinct(), Is.Empty);
    }

    /// <summary>The sources without those that generators write.</summary>
    private IEnumerable<SyntaxTree> OwnTrees => _compilation.SyntaxTrees.Where(
        tree => tree.FilePath.StartsWith(SourceFolder, StringComparison.Ordinal) && !IsGenerated(tree.FilePath));

    private static bool IsAllowed(string room, Use use)
    {
        if (use.IsRoom)
        {
            return use.Name == room || AllowedRooms[room].Contains(use.Name);
        }

        var libraries = AllowedLibraries.GetValueOrDefault(room, []);
        return IsOfDotNet(use.Name) || libraries.Any(library => use.Name.StartsWith(library, StringComparison.Ordinal));
    }

    /// <summary>System.Numerics.Tensors is a package, which ML.NET brings.</summary>
    private static bool IsOfDotNet(string assembly) =>
        (assembly.StartsWith("System.", StringComparison.Ordinal) && assembly != "System.Numerics.Tensors")
        || assembly is "netstandard" or "Microsoft.Win32.Primitives";

    private IEnumerable<Use> UsedBy(SyntaxTree tree)
    {
        var model = _compilation.GetSemanticModel(tree);
        foreach (var name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var symbol = model.GetSymbolInfo(name).Symbol;
            if (symbol?.Kind is null or SymbolKind.Namespace or SymbolKind.Local or SymbolKind.Parameter or SymbolKind.RangeVariable)
            {
                continue;
            }

            var source = symbol.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath;
            yield return source is not null
                ? new Use(RoomOf(source), IsRoom: true)
                : new Use(symbol.ContainingAssembly?.Name ?? "System.Runtime", IsRoom: false);
        }
    }

    private static bool IsGenerated(string file) =>
        file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    private static string RoomOf(string file) => Path.GetFileName(file) == "Onnx.cs"
        ? "Onnx" // made from Onnx/onnx.proto
        : IsGenerated(file) ? "Common" // global usings
        : Path.GetRelativePath(SourceFolder, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '/');

    private static string Metadata(string key) =>
        typeof(LayerTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;

    private readonly record struct Use(string Name, bool IsRoom)
    {
        public override string ToString() => IsRoom ? $"{Name}/" : Name;
    }
}
