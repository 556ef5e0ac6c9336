using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace MnistML.Tests.Support;

/// <summary>
/// The C# of a document. A block that begins with a using directive begins a program, and one that does not continues the program above
/// it: its usings, statements and types come after theirs. A program that needs ASP.NET Core says so in a comment above its block,
/// <c>&lt;!-- ASP.NET Core --&gt;</c>.
/// </summary>
internal sealed partial class DocumentedProgram
{
    private const string WebMark = "<!-- ASP.NET Core -->";

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);

    /// <summary>Those of the SDK's ImplicitUsings.</summary>
    private static readonly string[] ImplicitUsings =
        [
            "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading",
            "System.Threading.Tasks",
        ];

    private static readonly string[] ImplicitWebUsings =
    [
        "System.Net.Http.Json", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing",
        "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection", "Microsoft.Extensions.Hosting",
        "Microsoft.Extensions.Logging",
    ];

    /// <summary>What the SDK's own NoWarn has: libraries that were built against an older .NET.</summary>
    private static readonly Dictionary<string, ReportDiagnostic> QuietWarnings =
        new() { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress };

    private readonly ImmutableArray<MarkdownBlock> _blocks;

    private DocumentedProgram(string document, ImmutableArray<MarkdownBlock> blocks)
    {
        Document = document;
        _blocks = blocks;
    }

    public string Document { get; }

    public bool IsWeb => _blocks.Any(block => block.LineBefore == WebMark);

    /// <summary>Each program of a document after each of its blocks.</summary>
    public static IEnumerable<DocumentedProgram> In(string document)
    {
        var blocks = ImmutableArray<MarkdownBlock>.Empty;
        foreach (var block in Markdown.BlocksIn(Repository.Read(document)).Where(block => block.Language == "csharp"))
        {
            blocks = BeginsProgram().IsMatch(block.Text) ? [block] : blocks.Add(block);
            yield return new DocumentedProgram(document, blocks);
        }
    }

    /// <summary>Compiles it with what an application that references MnistML and TorchSharp-cpu has.</summary>
    public CSharpCompilation Compile(string assemblyName)
    {
        var units = _blocks.Select(
            block => (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(block.Text + "\n", Language).GetRoot()).ToArray();
        var implicitUsings = IsWeb ? ImplicitUsings.Concat(ImplicitWebUsings) : ImplicitUsings;
        var text = string.Concat(
            units.SelectMany(unit => unit.Usings).Select(directive => directive.ToFullString())
                .Concat(
                    units.SelectMany(unit => unit.Members)
                        .Where(member => member is GlobalStatementSyntax)
                        .Select(member => member.ToFullString()))
                .Append("\n")
                .Concat(
                    units.SelectMany(unit => unit.Members)
                        .Where(member => member is not GlobalStatementSyntax)
                        .Select(member => member.ToFullString()))
                .Concat(units.Select(unit => unit.EndOfFileToken.ToFullString())));
        var globalUsings = string.Concat(implicitUsings.Select(name => $"global using {name};\n"));
        var isProgram = units.Any(unit => unit.Members.Any(member => member is GlobalStatementSyntax));
        return CSharpCompilation.Create(
            assemblyName,
            [CSharpSyntaxTree.ParseText(text, Language, Document), CSharpSyntaxTree.ParseText(globalUsings, Language)],
            References(),
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable)
                .WithSpecificDiagnosticOptions(QuietWarnings));
    }

    public override string ToString() => $"{Document}, line {_blocks[^1].FirstLine}";

    /// <summary>The folder of ASP.NET Core's assemblies, beside .NET's own; null where it is not installed.</summary>
    public static string? FindAspNetCore()
    {
        var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var folder = Path.Combine(runtime, "..", "..", "Microsoft.AspNetCore.App", Path.GetFileName(runtime));
        return Directory.Exists(folder) ? folder : null;
    }

    private IEnumerable<MetadataReference> References()
    {
        var own = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var web = IsWeb
            ? Directory.EnumerateFiles(FindAspNetCore()!, "*.dll").Where(
                file => !Path.GetFileName(file).Contains("Native", StringComparison.OrdinalIgnoreCase))
            : [];
        return web.Concat(own)
            .DistinctBy(Path.GetFileName)
            .Where(file => Path.GetFileName(file) != "MnistML.Tests.dll")
            .Select(file => MetadataReference.CreateFromFile(file));
    }

    [GeneratedRegex(@"\Ausing [\w.]+;")]
    private static partial Regex BeginsProgram();
}
