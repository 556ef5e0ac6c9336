using System.Collections.Concurrent;
using System.Diagnostics;
using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace MnistML.Tests.Support;

/// <summary>The system's Python, where it is there.</summary>
internal static class Python
{
    private const string Program = "/usr/bin/python3";

    private static readonly ConcurrentDictionary<string, bool> Found = new();

    public static bool Has(string module) => Found.GetOrAdd(module, name => File.Exists(Program) && Start($"import {name}").ExitCode == 0);

    /// <summary>Runs a script, and gives what it printed.</summary>
    public static string Run(string script, params string[] arguments)
    {
        var (exitCode, output) = Start(script, arguments);
        Assert.That(exitCode, Is.Zero, output);
        return output;
    }

    private static (int ExitCode, string Output) Start(string script, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Program, ["-c", script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : error.Result);
    }
}

/// <summary>Skips a test by name, with the reason, where Python lacks a module.</summary>
/// <param name="modules">Names as they are imported; Debian has each as a package <c>python3-…</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsPythonAttribute(params string[] modules) : NUnitAttribute, IApplyToTest
{
    public void ApplyToTest(Test test)
    {
        if (test.RunState != RunState.NotRunnable && modules.FirstOrDefault(module => !Python.Has(module)) is { } missing)
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, $"/usr/bin/python3 can't import {missing} (Debian has it as python3-{missing}).");
        }
    }
}
