using System.CommandLine;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace MnistML.Benchmarks.Micro;

/// <summary>Measures parts of a training by themselves, with BenchmarkDotNet.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var filter = new Option<string>("--filter") { Description = "Which, as a pattern", DefaultValueFactory = _ => "*" };
        var isShort = new Option<bool>("--short") { Description = "Each once, only to see that it runs" };
        var artifacts = new Option<string?>("--artifacts") { Description = "Where BenchmarkDotNet writes its reports", HelpName = "DIR" };
        var command = new Command("micro", "Measure parts of a training by themselves") { filter, isShort, artifacts };
        command.SetAction(parsed =>
        {
            // In this process, since a separate build would lack the libtorch that this repository's build repairs.
            var job = parsed.GetValue(isShort) ? Job.Dry : Job.Default;
            var config = DefaultConfig.Instance.AddJob(job.WithToolchain(InProcessEmitToolchain.Instance));
            config = parsed.GetValue(artifacts) is { } path ? config.WithArtifactsPath(path) : config;
            string[] arguments = ["--filter", parsed.GetValue(filter)!];
            Type[] benchmarks = [typeof(UpdateBenchmarks), typeof(GatherBenchmarks), typeof(LoopBenchmarks), typeof(BinBenchmarks)];
            var summaries = BenchmarkSwitcher.FromTypes(benchmarks).Run(arguments, config);
            return summaries.All(summary => !summary.HasCriticalValidationErrors && summary.Reports.All(report => report.Success)) ? 0 : 1;
        });
        return command;
    }
}
