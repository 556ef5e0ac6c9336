using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using MnistML.Tests.Support;
using PublicApiGenerator;

namespace MnistML.Tests.Conventions;

/// <summary>
/// Compares the library's public names with an approved list. To accept a change, run the tests with MNISTML_APPROVE_API=1, which rewrites
/// the list, and commit it with the change.
/// </summary>
internal sealed class PublicApiTests
{
    private const string ApproveVariable = "MNISTML_APPROVE_API";

    private static readonly string ApprovedFile =
        Path.Combine(Repository.Folder, "tests", "MnistML.Tests", "Conventions", "PublicApi.approved.txt");

    private static readonly IEnumerable<string> ValidationAttributes =
        from type in typeof(RequiredAttribute).Assembly.GetExportedTypes()
        where type.IsAssignableTo(typeof(Attribute))
        select type.FullName!;

    /// <summary>Some of the names are in the namespace Microsoft.ML, which the generator would leave out.</summary>
    private static readonly ApiGeneratorOptions Settings = new()
    {
        DenyNamespacePrefixes = [],
        ExcludeAttributes =
        [
            .. ValidationAttributes,
            typeof(ParamCollectionAttribute).FullName!,
        ],
        IncludeAssemblyAttributes = false,
    };

    [Test]
    public void PublicApi_OfTheLibrary_IsTheApprovedOne()
    {
        var found = typeof(MlpTrainer).Assembly.GeneratePublicApi(Settings).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable(ApproveVariable) == "1")
        {
            File.WriteAllText(ApprovedFile, found);
        }

        var approved = File.ReadAllText(ApprovedFile).ReplaceLineEndings("\n");

        Assert.That(
            found.Split('\n'), Is.EqualTo(approved.Split('\n')),
            $"The public names have changed. If that is wanted, run this test with {ApproveVariable}=1 and commit "
            + $"{Path.GetFileName(ApprovedFile)}. Otherwise make them internal.");
    }
}
