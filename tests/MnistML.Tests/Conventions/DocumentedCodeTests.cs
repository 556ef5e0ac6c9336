using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using MnistML.Tests.Support;

namespace MnistML.Tests.Conventions;

/// <summary>Compiles all C# in the documents, without errors and warnings, and runs the README's first example.</summary>
internal sealed partial class DocumentedCodeTests
{
    private const string Example = "ReadmeExample";
    private const int MaxLines = 15;

    private static IEnumerable<DocumentedProgram> Programs => Repository.Documents.SelectMany(DocumentedProgram.In);

    [TestCaseSource(nameof(Programs))]
    public void Block_OfADocument_Compiles(DocumentedProgram program)
    {
        if (program.IsWeb && DocumentedProgram.FindAspNetCore() is null)
        {
            Assert.Ignore("ASP.NET Core is not installed beside .NET.");
        }

        var found = program.Compile("Documented").GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);

        Assert.That(found, Is.Empty);
    }

    [Test]
    public void Blocks_OfReadmeAndPackage_BeginAlike()
    {
        static string FirstOf(string document) =>
            Markdown.BlocksIn(Repository.Read(document)).First(block => block.Language == "csharp").Text;

        Assert.Multiple(() =>
        {
            Assert.That(FirstOf("src/MnistML/PACKAGE.md"), Is.EqualTo(FirstOf("README.md")));
            Assert.That(FirstOf("README.md").Split('\n'), Has.Length.LessThanOrEqualTo(MaxLines));
        });
    }

    [Test]
    public void FirstExample_OfTheReadme_TrainsAndSaves()
    {
        using var folder = new TemporaryFolder();

        // The assembly lies beside the tests, to find what they reference. No other run uses its name.
        var assembly = Path.Combine(AppContext.BaseDirectory, $"{Example}-{Guid.NewGuid():N}.dll");
        try
        {
            var written = DocumentedProgram.In("README.md").First().Compile(Example).Emit(assembly);
            Assert.That(written.Success, string.Join('\n', written.Diagnostics));

            var output = Run(assembly, folder.Path);

            Assert.Multiple(() =>
            {
                Assert.That(output, Does.Match(@"\ATest accuracy: 0\.99\d\d\n\z"));
                Assert.That(folder.Names, Is.EqualTo(["digits", "digits.zip"]));
            });
        }
        finally
        {
            File.Delete(assembly);
        }
    }

    /// <summary>
    /// A model that <c>Model.Load</c> loaded leaves a copy of the network in the folder for temporary files until it is disposed, so code
    /// to copy from disposes what it loads: by a using declaration, or a field in Dispose.
    /// </summary>
    [Test]
    public void LoadedModel_InDocumentsAndPrograms_IsDisposed()
    {
        var documents = Repository.Documents.Select(document => (Name: document, Code: string.Join(
            '\n', Markdown.BlocksIn(Repository.Read(document)).Where(block => block.Language == "csharp").Select(block => block.Text))));
        var programs = new[] { "samples", "tests/MnistML.ScoringHost" }
            .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .Select(file => (Name: file, Code: File.ReadAllText(file)));
        var loaded = documents.Concat(programs)
            .SelectMany(source => LoadedModel().Matches(source.Code).Select(match => (source.Name, source.Code, Load: match)))
            .ToArray();

        Assert.That(loaded, Has.Length.GreaterThan(8));
        Assert.That(
            loaded.Where(load => !load.Load.Groups["using"].Success && !IsDisposed(load.Code, load.Load.Groups["model"].Value))
                .Select(load => $"{load.Name}: {load.Load.Value}"),
            Is.Empty);
    }

    private static bool IsDisposed(string code, string model) => Regex.IsMatch(
        code, $@"using var \w+ = (\(IDisposable\){model}|{model} as IDisposable);|\({model} as IDisposable\)\?\.Dispose\(\);");

    [GeneratedRegex(@"(?<using>using )?(var )?(?<model>\w+) = [^;=]*\b(Model\.Load|LoadMlp|ModelFile\.Load)\(")]
    private static partial Regex LoadedModel();

    private static string Run(string assembly, string workingDirectory)
    {
        var settings = Path.Combine(AppContext.BaseDirectory, "MnistML.Tests");
        string[] arguments =
        [
            "exec", "--runtimeconfig", $"{settings}.runtimeconfig.json", "--depsfile", $"{settings}.deps.json", assembly,
        ];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The document shows what the program prints on an English machine.
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, errors.Result);
        return output.ReplaceLineEndings("\n");
    }
}
