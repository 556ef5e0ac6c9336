using System.Diagnostics;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace MnistML.Tests.Support;

/// <summary>The system's Python with NumPy, where both are there.</summary>
internal static class NumPy
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> Found = new(() => File.Exists(Python) && Start("import numpy").ExitCode == 0);

    public static bool IsThere => Found.Value;

    /// <summary>Runs a script, and gives what it printed.</summary>
    public static string Run(string script, params string[] arguments)
    {
        var (exitCode, output) = Start(script, arguments);
        Assert.That(exitCode, Is.Zero, output);
        return output;
    }

    private static (int ExitCode, string Output) Start(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : error.Result);
    }
}

/// <summary>Skips a test by name, with the reason, where there is no NumPy.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsNumPyAttribute : NUnitAttribute, IApplyToTest
{
    public void ApplyToTest(Test test)
    {
        if (!NumPy.IsThere && test.RunState != RunState.NotRunnable)
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, "There is no NumPy: /usr/bin/python3 can't import numpy (Debian has it as python3-numpy).");
        }
    }
}
