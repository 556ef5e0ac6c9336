using System.Diagnostics;
using System.Reflection;

namespace MnistML.Tests.Support;

/// <summary>A program of this repository, run as a process of its own.</summary>
internal static class Host
{
    /// <summary>A proxy that refuses every connection, so that programs find no network, and find that out at once.</summary>
    private const string NobodyListens = "http://127.0.0.1:1";

    /// <summary>A program that has not ended by then never will, however much else the machine has to do.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>The program's assembly.</summary>
    public static string PathOf(string name) => typeof(Host).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == name).Value!;

    /// <summary>
    /// Runs a program to its end, without MNIST_DATA_DIR, with an empty cache and with no network beyond loopback, unless the environment
    /// says otherwise.
    /// </summary>
    /// <param name="name">The program's project, for example MnistML.Console.</param>
    /// <param name="workingDirectory">The folder that it runs in; the user's cache is beside it.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="environment">Variables to set; null removes one.</param>
    public static HostResult Run(
        string name, string workingDirectory, string[] arguments, string input = "", params (string Name, string? Value)[] environment)
    {
        using var process = Start(name, workingDirectory, arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{name} {string.Join(' ', arguments)} took more than {Patience}.");
        }

        return new HostResult(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Starts a program whose input and outputs are the test's.</summary>
    public static Process Start(
        string name, string workingDirectory, string[] arguments, params (string Name, string? Value)[] environment) =>
        Process.Start(Describe(CommandOf(name, arguments), workingDirectory, environment))!;

    /// <summary>The command line that runs a program.</summary>
    public static string[] CommandOf(string name, string[] arguments)
    {
        string[] command = ["dotnet", PathOf(name), .. arguments];

        // In the background of a shell SIGINT is ignored, which programs would inherit.
        return OperatingSystem.IsLinux() ? ["env", "--default-signal=INT", .. command] : command;
    }

    /// <summary>How a command is started so that it finds no data and no network, unless the environment says otherwise.</summary>
    public static ProcessStartInfo Describe(string[] command, string workingDirectory, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // LC_ALL, since bash warns of a locale that is not installed; LANG, of which it does not, gives programs the same culture.
        foreach (var variable in (string[])["MNIST_DATA_DIR", "NO_COLOR", "LC_ALL"])
        {
            start.Environment.Remove(variable);
        }

        foreach (var proxy in (string[])["http_proxy", "https_proxy", "all_proxy"])
        {
            start.Environment[proxy] = NobodyListens;
        }

        start.Environment["no_proxy"] = "127.0.0.1";
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(Path.GetDirectoryName(workingDirectory)!, "cache");
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }

        return start;
    }
}

/// <summary>The exit code and the outputs of a program.</summary>
internal sealed record HostResult(int ExitCode, string Output, string Error)
{
    public string[] OutputLines => Lines(Output);

    public string[] ErrorLines => Lines(Error);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
