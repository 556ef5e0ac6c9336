using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using MnistML.Tests.Support;
using PublicApiGenerator;

namespace MnistML.Tests.Conventions;

/// <summary>
/// Compares the public names of the library, and of each package beside it, with an approved list. To accept a change, run the tests with
/// MNISTML_APPROVE_API=1, which rewrites the lists, and commit them with the change.
/// </summary>
internal sealed class PublicApiTests
{
    private const string ApproveVariable = "MNISTML_APPROVE_API";

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

    [TestCase(typeof(MlpTrainer), "PublicApi.approved.txt")]
    [TestCase(typeof(MnistML.Images.DigitReader), "PublicApi.Images.approved.txt")]
    [TestCase(typeof(MpiGroup), "PublicApi.Mpi.approved.txt")]
    [TestCase(typeof(MlpOnnxExportOptions), "PublicApi.OnnxExport.approved.txt")]
    public void PublicApi_OfAPackage_IsTheApprovedOne(Type type, string approvedFile)
    {
        var path = Repository.PathOf($"tests/MnistML.Tests/Conventions/{approvedFile}");
        var found = type.Assembly.GeneratePublicApi(Settings).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable(ApproveVariable) == "1")
        {
            File.WriteAllText(path, found);
        }

        var approved = File.ReadAllText(path).ReplaceLineEndings("\n");

        Assert.That(
            found.Split('\n'), Is.EqualTo(approved.Split('\n')),
            $"The public names have changed. If that is wanted, run this test with {ApproveVariable}=1 and commit "
            + $"{approvedFile}. Otherwise make them internal.");
    }
}
