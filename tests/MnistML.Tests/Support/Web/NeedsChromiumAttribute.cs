namespace MnistML.Tests.Support;

/// <summary>Skips a test by name, with the reason, where there is no Chromium.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsChromiumAttribute : NUnitAttribute, NUnit.Framework.Interfaces.IApplyToTest
{
    public void ApplyToTest(NUnit.Framework.Internal.Test test)
    {
        if (Browser.FindChromium() is null && test.RunState != NUnit.Framework.Interfaces.RunState.NotRunnable)
        {
            test.RunState = NUnit.Framework.Interfaces.RunState.Ignored;
            test.Properties.Set(
                NUnit.Framework.Internal.PropertyNames.SkipReason,
                "There is no Chromium: neither does MNISTML_CHROMIUM name one, nor is it in the PATH.");
        }
    }
}
