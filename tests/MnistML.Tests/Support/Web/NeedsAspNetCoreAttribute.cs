namespace MnistML.Tests.Support;

/// <summary>Skips a test by name, with the reason, where ASP.NET Core is not installed.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsAspNetCoreAttribute : NUnitAttribute, NUnit.Framework.Interfaces.IApplyToTest
{
    public void ApplyToTest(NUnit.Framework.Internal.Test test)
    {
        if (DocumentedProgram.FindAspNetCore() is null && test.RunState != NUnit.Framework.Interfaces.RunState.NotRunnable)
        {
            test.RunState = NUnit.Framework.Interfaces.RunState.Ignored;
            test.Properties.Set(
                NUnit.Framework.Internal.PropertyNames.SkipReason, "ASP.NET Core is not installed beside .NET.");
        }
    }
}
