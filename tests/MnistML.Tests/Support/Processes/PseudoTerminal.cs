using System.Diagnostics;

namespace MnistML.Tests.Support;

/// <summary>
/// A program in a terminal of its own, as a person runs it. Its screen has 80 columns and 40 rows, and it reads keys. The terminal is
/// created by <c>script</c> of util-linux.
/// </summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    public const int Columns = 80;

    /// <summary>The character that the keys Ctrl and C send. The terminal turns it into a SIGINT.</summary>
    public const string CtrlC = "\x03";

    private const int Rows = 40;

    /// <summary>A program that has not ended by then never will, however much else the machine has to do.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly Task _reading;
    private readonly Lock _lock = new();
    private readonly TerminalScreen _screen = new(Columns);
    private readonly List<string> _frames = [];
    private readonly List<string> _pieces = [];
    private readonly Stopwatch _sinceStart = Stopwatch.StartNew();

    private PseudoTerminal(Process process)
    {
        _process = process;
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>The screen as it was after each piece of output, the last one last.</summary>
    public IReadOnlyList<string> Frames
    {
        get
        {
            lock (_lock)
            {
                return [.. _frames];
            }
        }
    }

    /// <summary>The output, in the pieces in which it arrived.</summary>
    public IReadOnlyList<string> Pieces
    {
        get
        {
            lock (_lock)
            {
                return [.. _pieces];
            }
        }
    }

    private string LastFrame => Frames is [.., var last] ? last : "";

    /// <summary>Whether <c>script</c> is installed.</summary>
    public static bool IsAvailable => OperatingSystem.IsLinux() && File.Exists("/usr/bin/script");

    /// <summary>Starts the described program in a terminal, and changes the description to that of the terminal.</summary>
    public static PseudoTerminal Start(ProcessStartInfo program)
    {
        var words = ((string[])[program.FileName, .. program.ArgumentList])
            .Select(word => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'");
        var command = string.Join(' ', words);
        program.FileName = "script";
        program.ArgumentList.Clear();
        string[] arguments = ["--quiet", "--return", "--command", $"stty cols {Columns} rows {Rows}; exec {command}", "/dev/null"];
        foreach (var argument in arguments)
        {
            program.ArgumentList.Add(argument);
        }

        (program.RedirectStandardInput, program.RedirectStandardOutput, program.RedirectStandardError) = (true, true, true);
        program.Environment.Remove("COLUMNS");
        program.Environment.Remove("LINES");
        program.Environment["SHELL"] = "/bin/sh"; // script runs commands in the user's shell, which may quote in another way
        return new PseudoTerminal(Process.Start(program)!);
    }

    public void Type(string keys)
    {
        _process.StandardInput.Write(keys);
        _process.StandardInput.Flush();
    }

    /// <summary>Waits until the screen shows something, and gives the time since the start.</summary>
    public TimeSpan WaitFor(Func<string, bool> isShown)
    {
        while (true)
        {
            var hasEnded = _reading.IsCompleted;
            if (Frames.Any(isShown))
            {
                return _sinceStart.Elapsed;
            }

            if (hasEnded || _sinceStart.Elapsed > Patience)
            {
                throw new InvalidOperationException($"The screen never showed it; the last one was:\n{LastFrame}");
            }

            Thread.Sleep(TimeSpan.FromMilliseconds(5));
        }
    }

    public TerminalResult WaitForExit()
    {
        if (!_process.WaitForExit(Patience))
        {
            throw new TimeoutException($"The program took more than {Patience}; the last screen was:\n{LastFrame}");
        }

        _reading.Wait();
        return new TerminalResult(_process.ExitCode, _screen, Frames);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new char[4096];
        while (await _process.StandardOutput.ReadAsync(buffer).ConfigureAwait(false) is var count and > 0)
        {
            lock (_lock)
            {
                // A display that is redrawn begins with a carriage return: what stood there before counts, however the output was cut into
                // pieces.
                foreach (var (place, drawn) in new string(buffer, 0, count).Split('\r').Index())
                {
                    _screen.Write(place > 0 ? $"\r{drawn}" : drawn);
                    _frames.Add(_screen.Text);
                }

                _pieces.Add(new string(buffer, 0, count));
            }
        }
    }
}

/// <summary>The exit code of a program and what it left on the screen.</summary>
/// <param name="ExitCode">The program's.</param>
/// <param name="Screen">The screen at the end.</param>
/// <param name="Frames">The screen as it was after each piece of output.</param>
internal sealed record TerminalResult(int ExitCode, TerminalScreen Screen, IReadOnlyList<string> Frames)
{
    /// <summary>The lines at the end that are not blank.</summary>
    public string[] Lines => [.. Screen.Lines.Where(line => line.Length > 0)];
}
