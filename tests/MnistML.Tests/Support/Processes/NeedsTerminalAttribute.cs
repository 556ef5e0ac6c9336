namespace MnistML.Tests.Support;

/// <summary>Skips a test by name, with the reason, where no pseudo-terminal can be had.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsTerminalAttribute : NUnitAttribute, NUnit.Framework.Interfaces.IApplyToTest
{
    public void ApplyToTest(NUnit.Framework.Internal.Test test)
    {
        if (!PseudoTerminal.IsAvailable && test.RunState != NUnit.Framework.Interfaces.RunState.NotRunnable)
        {
            test.RunState = NUnit.Framework.Interfaces.RunState.Ignored;
            test.Properties.Set(
                NUnit.Framework.Internal.PropertyNames.SkipReason,
                "There is no pseudo-terminal to be had: the program 'script' of util-linux is not here.");
        }
    }
}
