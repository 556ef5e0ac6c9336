using MnistML.Native;
using MnistML.Tests.Support;

namespace MnistML.Tests.Native;

[Platform("Linux", Reason = "A build copies only the host's libraries, and only that for linux-x64 is mended.")]
public sealed class MendedTorchSharpTests
{
    private TemporaryFolder _folder = null!;

    private static string Original => Path.Combine(PackageFolder, "runtimes", "linux-x64", "native", MendedTorchSharp.FileName);

    private static string PackageFolder => Host.PathOf("TorchSharpPackageFolder");

    private static byte[] BuiltCopy =>
        File.ReadAllBytes(Directory.GetFiles(AppContext.BaseDirectory, MendedTorchSharp.FileName, SearchOption.AllDirectories).Single());

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void Delete() => _folder.Dispose();

    [Test]
    public void TryWriteCopy_KnownLibrary_WritesWhatTheBuildStepWrites()
    {
        var copy = MendedTorchSharp.TryWriteCopy(Original, _folder.PathOf("cache"))!;

        Assert.That(File.ReadAllBytes(copy), Is.EqualTo(BuiltCopy));
        Assert.That(Directory.GetFiles(_folder.PathOf("cache")), Is.EqualTo(new[] { copy }), "No temporary file is left.");
    }

    [Test]
    public void TryWriteCopy_CopyIsThere_LeavesIt()
    {
        var copy = MendedTorchSharp.TryWriteCopy(Original, _folder.Path)!;
        File.SetLastWriteTimeUtc(copy, DateTime.UnixEpoch);

        Assert.That(MendedTorchSharp.TryWriteCopy(Original, _folder.Path), Is.EqualTo(copy));
        Assert.That(File.GetLastWriteTimeUtc(copy), Is.EqualTo(DateTime.UnixEpoch));
    }

    [Test]
    public void TryWriteCopy_CopyIsDamaged_WritesItAnew()
    {
        _folder.Write(MendedTorchSharp.FileName, [1, 2, 3]);

        var copy = MendedTorchSharp.TryWriteCopy(Original, _folder.Path)!;

        Assert.That(File.ReadAllBytes(copy), Is.EqualTo(BuiltCopy));
    }

    [Test]
    public void TryWriteCopy_AnotherLibrary_IsRefused()
    {
        var library = File.ReadAllBytes(Original);
        library[^1] ^= 1;

        var copy = MendedTorchSharp.TryWriteCopy(_folder.Write("other.so", library), _folder.PathOf("cache"));

        Assert.That(copy, Is.Null);
        Assert.That(_folder.Names, Is.EqualTo(["other.so"]));
    }

    [Test]
    public void TryWriteCopy_NoLibrary_IsRefused() =>
        Assert.That(MendedTorchSharp.TryWriteCopy(_folder.PathOf("absent.so"), _folder.Path), Is.Null);
}
