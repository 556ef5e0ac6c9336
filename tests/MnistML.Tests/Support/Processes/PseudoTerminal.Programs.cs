namespace MnistML.Tests.Support;

/// <summary>Programs of this repository in a terminal.</summary>
internal sealed partial class PseudoTerminal
{
    /// <summary>Starts a program as <see cref="Host.Start"/> does, but in a terminal.</summary>
    public static PseudoTerminal Start(
        string name, string workingDirectory, string[] arguments, params (string Name, string? Value)[] environment) =>
        Start(Host.Describe(Host.CommandOf(name, arguments), workingDirectory, [("TERM", "xterm-256color"), .. environment]));

    /// <summary>Runs a program to its end.</summary>
    public static TerminalResult Run(
        string name, string workingDirectory, string[] arguments, params (string Name, string? Value)[] environment)
    {
        using var terminal = Start(name, workingDirectory, arguments, environment);
        return terminal.WaitForExit();
    }
}
