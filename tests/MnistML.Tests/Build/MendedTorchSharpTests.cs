using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MnistML.Native;
using TorchSharp;

namespace MnistML.Tests.Build;

/// <summary>What build/MnistML.targets leaves behind, seen in the output of this very project.</summary>
[Platform("Linux", Reason = "Only the linux-x64 library is mended, and a build copies only the host's libraries.")]
public sealed class MendedTorchSharpTests
{
    private const string PathInPackage = "runtimes/linux-x64/native/libLibTorchSharp.so";
    private const string OriginalHash = "cf33b1b0bb6bbb9754a768fb5c5d04d9f498603be50e73f55621a0b40ee608b8";

    [Test]
    public void Build_TorchSharpPackage_LeavesItsFileUntouched()
    {
        Assert.That(Convert.ToHexStringLower(SHA256.HashData(ReadOriginal())), Is.EqualTo(OriginalHash));
    }

    [Test]
    public void Build_OutputFolder_HoldsTheLibraryWithOneVersionNeededWeakly()
    {
        var original = ReadOriginal();
        var mended = File.ReadAllBytes(
            Directory.GetFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).Single());

        Assert.That(mended, Has.Length.EqualTo(original.Length));
        var changed = Enumerable.Range(0, original.Length).Where(index => original[index] != mended[index]).ToArray();
        Assert.That(changed, Has.Length.EqualTo(1), "One flag is set, in the low byte of a two-byte field.");
        // A Vernaux entry: the hash of the version's name (4 bytes), then the flags, among them 2 for weak.
        var entry = changed[0] - 4;
        Assert.That(BitConverter.ToUInt32(original, entry), Is.EqualTo(ElfHash("GLIBCXX_3.4.32")));
        Assert.That((original[changed[0]], mended[changed[0]]), Is.EqualTo(((byte)0, (byte)2)));
    }

    [Test]
    public void Build_OutputFolder_HoldsOnlyTheHostsNativeLibraries()
    {
        var runtimes = Path.Combine(AppContext.BaseDirectory, "runtimes");
        if (!Directory.Exists(runtimes))
        {
            Assert.Ignore("Built for one runtime identifier: its native libraries lie beside the application.");
        }

        var systems = Directory.GetFiles(runtimes, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(runtimes, path).Split(Path.DirectorySeparatorChar))
            .Where(parts => parts[1] == "native")
            .Select(parts => parts[0])
            .Distinct()
            .ToArray();

        Assert.That(systems, Is.EqualTo(new[] { $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}" }));
    }

    [Test]
    public void EnsureLoaded_MendedLibrary_LetsTorchSharpCompute()
    {
        LibTorch.EnsureLoaded();

        using var ones = torch.ones(2, 3);
        using var product = ones.mm(ones.t());
        Assert.That(product.data<float>().ToArray(), Is.EqualTo(new[] { 3f, 3f, 3f, 3f }));
    }

    /// <summary>The hash function of the System V ABI, by which ELF files name symbol versions.</summary>
    private static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (var letter in name)
        {
            hash = (hash << 4) + letter;
            var high = hash & 0xF0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }

    private static byte[] ReadOriginal()
    {
        var package = typeof(MendedTorchSharpTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "TorchSharpPackageFolder").Value!;
        return File.ReadAllBytes(Path.Combine(package, PathInPackage));
    }
}
