using MnistML.Datasets;

namespace MnistML.Tests.Support;

/// <summary>The real MNIST, where it is at hand.</summary>
internal static class RealMnist
{
    private const string DirectoryVariable = "MNIST_DATA_DIR";

    public static string? Directory => Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } directory ? directory : null;

    public static MnistFiles Files => MnistFiles.Find(Directory!);
}

/// <summary>Skips a test by name, with the reason, where the real MNIST is not at hand.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsRealMnistAttribute : NUnitAttribute, NUnit.Framework.Interfaces.IApplyToTest
{
    public void ApplyToTest(NUnit.Framework.Internal.Test test)
    {
        if (RealMnist.Directory is null && test.RunState != NUnit.Framework.Interfaces.RunState.NotRunnable)
        {
            test.RunState = NUnit.Framework.Interfaces.RunState.Ignored;
            test.Properties.Set(NUnit.Framework.Internal.PropertyNames.SkipReason, "The real MNIST is not at hand: MNIST_DATA_DIR is not set.");
        }
    }
}
