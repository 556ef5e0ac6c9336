using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace MnistML.Benchmarks.Distributed;

/// <summary>How soon a job is over when one of its processes fails, in seconds.</summary>
internal static class DistributedFailuresCommand
{
    private const int KillSignal = 9;
    private const int StopSignal = 19;
    private const int TimeoutSeconds = 5;
    private const double MaxSeconds = 5;
    private const double MaxSecondsAfterStop = 10;
    private static readonly TimeSpan Warm = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var check = new Option<bool>("--check") { Description = "Fail on a time that is too long" };
        var command = new Command("distributed-failures", "How soon a job of Open MPI is over when one of its processes fails") { check };
        command.SetAction(parsed => Run(parsed.GetValue(check)));
        return command;
    }

    private static int Run(bool check)
    {
        if (MpiProgram.FindLauncher("distributed-failures") is not { } launcher)
        {
            return 0;
        }

        var verdict = new Verdict(check);
        Judge("SIGKILL to one of three", Measure(launcher, 3, folder => Signal(folder, 1, KillSignal)), MaxSeconds);
        Judge("an exception in one of three", Measure(launcher, 3, folder => File.WriteAllText(FailureMark(folder), "")), MaxSeconds);
        Judge(
            $"SIGSTOP to one of two, with a timeout of {TimeoutSeconds} s",
            Measure(launcher, 2, folder => Signal(folder, 1, StopSignal)),
            MaxSecondsAfterStop);
        return verdict.ExitCode;

        void Judge(string what, double seconds, double bound) =>
            verdict.ExpectSpeed(seconds <= bound, FormattableString.Invariant($"{what}: over within {bound} s: {seconds:F1} s"));
    }

    /// <summary>The seconds from a failure to the end of the job.</summary>
    private static double Measure(string launcher, int size, Action<string> fail)
    {
        var folder = Directory.CreateTempSubdirectory("mnistml-failures-");
        try
        {
            string[] arguments =
            [
                RankCommand.Name, "--rows", "20000", "--batch", "1000", "--epochs", "100000", "--pids", folder.FullName, "--timeout",
                $"{TimeoutSeconds}", "--fails", FailureMark(folder.FullName),
            ];
            using var job = Process.Start(MpiProgram.Describe(launcher, [], size, [], arguments))!;
            job.OutputDataReceived += (_, _) => { };
            job.BeginOutputReadLine();
            while (!File.Exists(Path.Combine(folder.FullName, $"{size - 1}")))
            {
                Thread.Sleep(10);
            }

            Thread.Sleep(Warm);
            fail(folder.FullName);
            var watch = Stopwatch.StartNew();
            job.WaitForExit();
            return watch.Elapsed.TotalSeconds;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Signal(string folder, int rank, int signal) =>
        _ = Kill(int.Parse(File.ReadAllText(Path.Combine(folder, $"{rank}")), System.Globalization.CultureInfo.InvariantCulture), signal);

    private static string FailureMark(string folder) => Path.Combine(folder, "fail");

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
