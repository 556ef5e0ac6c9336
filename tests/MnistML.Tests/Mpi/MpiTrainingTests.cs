using System.Runtime.InteropServices;
using Microsoft.ML;
using MnistML.Datasets;
using MnistML.Tests.Support;

namespace MnistML.Tests.Mpi;

/// <summary>Processes that train together over the real Open MPI and the real MPICH.</summary>
internal sealed class MpiTrainingTests
{
    private const int Stop = 19;
    private const int Refused = 3;

    private static readonly string[] Everything =
        ["rows=1000", "epochs=2", "batch=192", "dropout=0.2", "noise=0.1", "clip=1", "normalize=yes"];

    private static IEnumerable<MpiLauncher> Launchers => [MpiLauncher.OpenMpi, MpiLauncher.Mpich];

    [Test]
    public void TwoRanks_GiveTheSameBits_UnderEachMpiAndEachTransport()
    {
        using var first = MpiLauncher.OpenMpi.Run(2, Everything);
        using var again = MpiLauncher.OpenMpi.Run(2, Everything);
        using var overTcp = MpiJob.Start(
            folder => MpiLauncher.OpenMpi.CommandOf(2, [.. Everything, $"out={folder}"], "--mca", "btl", "self,tcp")).WaitForEnd();
        using var mpich = MpiLauncher.Mpich.Run(2, Everything);

        Assert.That(first.Hashes, Has.Length.EqualTo(2), first.Output);
        Assert.That(
            first.Hashes.Concat(again.Hashes).Concat(overTcp.Hashes).Concat(mpich.Hashes).ToArray(),
            Has.Length.EqualTo(8).And.All.EqualTo(first.Hashes[0]));
    }

    [TestCaseSource(nameof(Launchers))]
    public void AnyNumberOfRanks_LearnsTheSame(MpiLauncher launcher)
    {
        using var one = launcher.Run(1, Everything);
        using var three = launcher.Run(3, Everything);

        Assert.That(one.Hashes, Has.Length.EqualTo(1), one.Output);
        Assert.That(three.Hashes, Has.Length.EqualTo(3).And.All.EqualTo(three.Hashes[0]), three.Output);
        Assert.That(three.Losses[0], Is.EqualTo(one.Losses[0]).Within(1e-4));
    }

    /// <summary>Outside of libtorch all vector loops are 16 floats wide, in hardware or not.</summary>
    [Test]
    public void RanksWithOtherInstructions_HaveTheSameBits_OrAreRefusedWhereTheyWouldChooseAnotherPrecision()
    {
        string[] WithoutAvx512OnOne(params string[] wishes)
        {
            var command = MpiLauncher.OpenMpi.CommandOf(1, [.. Everything, .. wishes]);
            var program = Array.IndexOf(command, "-n") + 2;
            return [.. command, ":", "-n", "1", "-x", "DOTNET_EnableAVX512=0", .. command[program..]];
        }

        using var single = MpiJob.Start(folder => WithoutAvx512OnOne($"out={folder}")).WaitForEnd();
        Assert.That(single.Hashes, Has.Length.EqualTo(2).And.All.EqualTo(single.Hashes.FirstOrDefault()), single.Output);

        using var chosen = MpiJob.Start(folder => WithoutAvx512OnOne("precision=Auto", $"out={folder}")).WaitForEnd();
        if (MnistML.Native.ProcessorAbilities.HasFastBFloat16)
        {
            Assert.That(chosen.Output, Does.Contain("- Precision is ").And.Contain("in rank 1").And.Not.Contain("epoch 1"));
        }
        else
        {
            Assert.That(chosen.Hashes, Is.EqualTo(single.Hashes), $"all choose float32 {chosen.Output}");
        }
    }

    [TestCase("@1:seed=2", "Seed is 2 in rank 1, but 1 in rank 0")]
    [TestCase("@1:rows=1001", "Data is 1001 rows")]
    [TestCase("@1:dropout=0.1", "DropoutRate is 0.1 in rank 1, but 0.2 in rank 0")]
    public void AnotherTrainingInOne_IsRefusedByName_BeforeTheFirstStep(string wish, string message)
    {
        using var job = MpiLauncher.OpenMpi.Run(3, [.. Everything, wish]);
        Assert.That(job.Output, Does.Contain("refused").And.Contain(message).And.Not.Contain("epoch 1"));
        Assert.That(job.ExitCode, Is.Not.Zero);
    }

    [Test]
    public void CancelledInOne_EndsAllWithTheSameWeights()
    {
        using var folder = new TemporaryFolder();
        var mark = folder.PathOf("cancel");
        using var job = MpiJob.Start(
            to => MpiLauncher.OpenMpi.CommandOf(3, ["rows=4000", "epochs=100000", $"@2:cancel={mark}", $"out={to}"]));
        job.WaitForEpoch(1);

        File.WriteAllText(mark, "");

        job.WaitForEnd();
        Assert.That(job.Hashes, Has.Length.EqualTo(3).And.All.EqualTo(job.Hashes.FirstOrDefault()), job.Output);
        Assert.That(job.ExitCode, Is.Zero);
    }

    [TestCase("@1:at=throw", "Fit ended with InvalidDataException: The disk is gone.")]
    [TestCase("@1:throw=before", "InvalidDataException: Thrown before Fit.")]
    [TestCase("@1:throw=after", "InvalidDataException: Thrown after Fit.")]
    public void ExceptionInOne_EndsAll_WithRankAndCause(string wish, string cause)
    {
        using var job = MpiLauncher.OpenMpi.Run(3, [.. Everything, wish]);
        Assert.That(job.ExitCode, Is.Not.Zero);
        Assert.That(job.Output, Does.Contain("Rank 1 of 3 on ").And.Contain(cause));
    }

    [TestCaseSource(nameof(Launchers))]
    public void KilledProcess_EndsTheJob(MpiLauncher launcher)
    {
        using var job = MpiJob.Start(folder => launcher.CommandOf(3, ["rows=4000", "epochs=100000", $"out={folder}"]));
        job.WaitForEpoch(2);

        System.Diagnostics.Process.GetProcessById(job.ProcessOf(1)).Kill();

        job.WaitForEnd();
        Assert.That(job.ExitCode, Is.Not.Zero);
        Assert.That(job.Hashes, Is.Empty);
    }

    /// <summary>
    /// The timeout is longer than the processes of a busy machine are apart when they begin; the benchmark has that of 5 s.
    /// </summary>
    [Test]
    public void StoppedProcess_EndsTheJobAfterTheTimeout_WithAMessage()
    {
        using var job = MpiJob.Start(
            folder => MpiLauncher.OpenMpi.CommandOf(2, ["rows=4000", "epochs=100000", "timeout=15", $"out={folder}"]));
        job.WaitForEpoch(2);

        Assert.That(Kill(job.ProcessOf(1), Stop), Is.Zero);

        job.WaitForEnd();
        Assert.That(job.ExitCode, Is.Not.Zero);
        Assert.That(job.Output, Does.Contain("Rank 0 of 2 on ").And.Contain("has waited for the others for 15 s in a sum"));
    }

    [TestCase("style=using", "@1:throw=after")]
    [TestCase("style=using", "@1:at=hang")]
    public void ProcessThatLeavesOrHangs_DoesNotKeepTheOthers(string style, string wish)
    {
        using var job = MpiLauncher.OpenMpi.Run(2, "rows=512", "timeout=5", style, wish);
        Assert.That(job.ExitCode, Is.Not.Zero, job.Output);
    }

    [Test]
    public void FitOnAnotherThreadThanJoin_IsRefused()
    {
        using var job = MpiLauncher.OpenMpi.Run(2, "rows=512", "style=await");
        Assert.That(job.ExitCode, Is.Not.Zero);
        Assert.That(job.Output, Does.Contain("joined on another thread").And.Contain("without an await"));
    }

    [Test]
    public void LauncherOfOneMpiAndLibraryOfAnother_AreRefused([Values] bool launchesOpenMpi)
    {
        var (launcher, library) = launchesOpenMpi ? (MpiLauncher.OpenMpi, "mpich") : (MpiLauncher.Mpich, "openmpi");
        if (MpiLauncher.OpenMpi.Command is null || MpiLauncher.Mpich.Command is null)
        {
            Assert.Ignore($"There is no launcher of {(MpiLauncher.OpenMpi.Command is null ? MpiLauncher.OpenMpi : MpiLauncher.Mpich)} "
                + "on this machine.");
        }

        using var job = MpiJob.Start(_ => launcher.CommandOf(2, Everything), ("MNISTML_MPI", library)).WaitForEnd();

        Assert.That(job.ExitCode, Is.Not.Zero);
        Assert.That(job.Output, Does.Contain("The launcher started 2 processes").And.Contain("but MPI sees 1").And.Not.Contain("epoch 1"));
    }

    [Test]
    public void WithoutALibrary_OneMessageSaysWhatToInstall()
    {
        using var job = MpiJob.Start(_ => ["dotnet", Host.PathOf("MnistML.MpiHost")], ("MNISTML_MPI", "/nowhere/libmpi.so")).WaitForEnd();
        Assert.That(job.ExitCode, Is.EqualTo(Refused), job.Output);
        Assert.That(job.Output, Does.Contain("No library of MPI was found; looked for /nowhere/libmpi.so").And.Contain("openmpi-bin"));
    }

    [Test]
    public void Killed_GoesOnFromItsCheckpoint_WithTheBitsOfAnUndisturbedTraining()
    {
        using var folder = new TemporaryFolder();
        string[] wishes = ["rows=4000", "epochs=12", "dropout=0.2", "normalize=yes", $"checkpoint={folder.PathOf("group.checkpoint")}"];
        using var undisturbed = MpiLauncher.Mpich.Run(2, wishes[..^1]);
        using (var killed = MpiLauncher.Mpich.Run(2, [.. wishes, "@0:die=3"]))
        {
            Assert.That(killed.HasEnded(3));
            Assert.That(killed.Hashes, Is.Empty);
        }

        File.Copy(folder.PathOf("group.checkpoint"), folder.PathOf("kept.checkpoint"));
        using var resumed = MpiLauncher.Mpich.Run(2, wishes);
        using var resumedByThree = MpiLauncher.Mpich.Run(3, [.. wishes[..^1], $"checkpoint={folder.PathOf("kept.checkpoint")}"]);

        Assert.That(resumed.Hashes, Has.Length.EqualTo(2).And.All.EqualTo(undisturbed.Hashes[0]), resumed.Output);
        Assert.That(resumed.HasEnded(1), Is.False, "it went on");
        Assert.That(resumedByThree.Hashes, Has.Length.EqualTo(3).And.All.EqualTo(resumedByThree.Hashes[0]), resumedByThree.Output);
        Assert.That(resumedByThree.HasEnded(1), Is.False, "it went on");
        Assert.That(resumedByThree.Losses[^1], Is.EqualTo(undisturbed.Losses[^1]).Within(1e-2));
    }

    [Test]
    public void Console_Distributed_TrainsOneModel_WhichTheFirstProcessSavesAndEvaluates()
    {
        using var folder = new TemporaryFolder();
        SyntheticDigits.Write(folder.PathOf("digits"), trainCount: 1000, testCount: 200, seed: 1);
        var path = folder.PathOf("model.zip");
        string[] arguments =
        [
            "train", "--distributed", "--data", folder.PathOf("digits"), "--epochs", "2", "--batch", "128", "--hidden", "64", "--seed", "1",
            "--precision", "single", "--out", path,
        ];
        using var job = MpiJob.Start(
            _ => MpiLauncher.Mpich.CommandOf("MnistML.Console", 2, arguments), ("NO_COLOR", "1"), ("TERM", "dumb")).WaitForEnd();

        Assert.That(job.ExitCode, Is.Zero, job.Output);
        Assert.That(
            job.Output.Split('\n').Where(line => line.StartsWith("Processes:", StringComparison.Ordinal)), Is.EqualTo(["Processes: 2"]));
        Assert.That(
            job.Output.Split('\n').Count(line => line.StartsWith("Test accuracy:", StringComparison.Ordinal)), Is.EqualTo(1), job.Output);
        using var model = (IDisposable)new MLContext().Model.LoadMlp(path, out _);
        Assert.That(MlpTransformer.Find((ITransformer)model)!.History, Has.Count.EqualTo(2));
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
