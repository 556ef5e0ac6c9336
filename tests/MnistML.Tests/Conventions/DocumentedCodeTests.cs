using System.Diagnostics;
using Microsoft.CodeAnalysis;
using MnistML.Tests.Support;

namespace MnistML.Tests.Conventions;

/// <summary>Compiles all C# in the documents, without errors and warnings, and runs the README's first example.</summary>
internal sealed class DocumentedCodeTests
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
