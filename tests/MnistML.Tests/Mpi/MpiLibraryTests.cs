using MnistML.Mpi;

namespace MnistML.Tests.Mpi;

internal sealed class MpiLibraryTests
{
    [TestCase("OMPI_COMM_WORLD_SIZE=4", "OpenMpi")]
    [TestCase("OMPI_COMM_WORLD_SIZE=4 PMI_SIZE=2", "OpenMpi")]
    [TestCase("PMI_SIZE=4", "Mpich Standard")]
    [TestCase("PMI_RANK=0 SLURM_STEP_NUM_TASKS=4", "Mpich Standard")]
    [TestCase("SLURM_STEP_NUM_TASKS=4", "OpenMpi Mpich Standard")]
    [TestCase("", "OpenMpi Mpich Standard")]
    [TestCase("OMPI_COMM_WORLD_SIZE=4 MNISTML_MPI=mpich", "Mpich")]
    [TestCase("PMI_SIZE=4 MNISTML_MPI=openmpi", "OpenMpi")]
    [TestCase("MNISTML_MPI=abi", "Standard")]
    [TestCase("MNISTML_MPI=/opt/lib/libmpi_abi.so.0", "Standard")]
    [TestCase("MNISTML_MPI=/opt/intel/libmpi.so.12", "Mpich")]
    public void Candidates_FollowTheLauncher(string environment, string kinds) => Assert.That(
        Library(environment).Candidates(wanted: null).Select(candidate => candidate.Kind).Distinct(),
        Is.EqualTo(kinds.Split(' ').Select(Enum.Parse<MpiKind>)));

    [Test]
    public void Candidates_OfWhatTheOptionsName_AreThatAlone() => Assert.That(
        Library("OMPI_COMM_WORLD_SIZE=4 MNISTML_MPI=openmpi").Candidates("/opt/libmpi.so.12"),
        Is.EqualTo(new[] { (MpiKind.Mpich, "/opt/libmpi.so.12") }));

    [TestCase("OMPI_COMM_WORLD_SIZE=4 PMI_SIZE=3 SLURM_STEP_NUM_TASKS=2", "OMPI_COMM_WORLD_SIZE", 4)]
    [TestCase("PMI_SIZE=3 SLURM_STEP_NUM_TASKS=2", "PMI_SIZE", 3)]
    [TestCase("SLURM_STEP_NUM_TASKS=2", "SLURM_STEP_NUM_TASKS", 2)]
    public void LaunchedCount_IsThatOfTheInnermostLauncher(string environment, string variable, int count) =>
        Assert.That(Library(environment).LaunchedCount(), Is.EqualTo((variable, count)));

    [TestCase("OMPI_COMM_WORLD_RANK=3 SLURM_PROCID=0", 3)]
    [TestCase("PMI_RANK=2 SLURM_PROCID=0", 2)]
    [TestCase("SLURM_PROCID=1", 1)]
    [TestCase("", null)]
    public void LaunchedRank_IsThatOfTheInnermostLauncher(string environment, int? rank) =>
        Assert.That(Library(environment).LaunchedRank(), Is.EqualTo(rank));

    [Test]
    public void LaunchedCount_WithoutALauncher_IsNotKnown() => Assert.That(Library("").LaunchedCount(), Is.Null);

    /// <summary>The values of the MPI Forum's header: an implementation is not to be had here.</summary>
    [Test]
    public void StandardInterface_HasTheValuesOfTheStandard() => Assert.That(
        MpiInterface.Of(MpiKind.Standard, library: 0),
        Is.EqualTo(new MpiInterface(World: 257, Single: 528, Double: 532, Byte: 583, Sum: 33, InPlace: 1, Funneled: 1024)));

    [Test]
    public void Join_WithATimeoutOfNothing_IsRefused() => Assert.That(
        () => MpiGroup.Join(new MpiOptions { Timeout = TimeSpan.Zero }),
        Throws.ArgumentException.With.Message.Contains("Timeout is 00:00:00, but must be above 0"));

    [Test]
    public void Join_WithALibraryOfNoName_IsRefused() => Assert.That(
        () => MpiGroup.Join(new MpiOptions { Library = "" }), Throws.ArgumentException.With.Message.Contains("Library is empty"));

    private static MpiLibrary Library(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(variable => variable.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1]);
        return new MpiLibrary(variables.GetValueOrDefault);
    }
}
