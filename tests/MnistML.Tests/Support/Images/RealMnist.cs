using System.IO.Compression;
using MnistML.Datasets;

namespace MnistML.Tests.Support;

/// <summary>
/// The real MNIST: in the folder that MNIST_DATA_DIR names, which must then hold it, or else in the user's cache.
/// </summary>
internal static class RealMnist
{
    private const string DirectoryVariable = "MNIST_DATA_DIR";

    /// <summary>Located once, so that tests that set the cache's folder do not change it.</summary>
    private static readonly string? Directory = FindDirectory();

    public static bool IsAtHand => Directory is not null;

    public static MnistFiles Files => MnistFiles.Find(Directory!);

    /// <summary>A file as mirrors serve it, gzipped, whether the copy at hand is or not.</summary>
    /// <param name="name">Its name in the catalogue.</param>
    public static byte[] Serve(string name)
    {
        string[] paths = [Files.TrainImages, Files.TrainLabels, Files.TestImages, Files.TestLabels];
        var content = File.ReadAllBytes(paths[MnistDataset.Mnist.Files.Select(file => file.Name).ToList().IndexOf(name)]);
        if (content is [0x1F, 0x8B, ..])
        {
            return content;
        }

        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private static string? FindDirectory()
    {
        if (Environment.GetEnvironmentVariable(DirectoryVariable) is { Length: > 0 } directory)
        {
            return directory;
        }

        try
        {
            var cache = DatasetCache.GetDirectory(MnistDataset.Mnist.Name);
            MnistFiles.Find(cache);
            return cache;
        }
        catch (IOException)
        {
            return null;
        }
    }
}

/// <summary>Skips a test by name, with the reason, where the real MNIST is not at hand.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class NeedsRealMnistAttribute : NUnitAttribute, NUnit.Framework.Interfaces.IApplyToTest
{
    public void ApplyToTest(NUnit.Framework.Internal.Test test)
    {
        if (!RealMnist.IsAtHand && test.RunState != NUnit.Framework.Interfaces.RunState.NotRunnable)
        {
            test.RunState = NUnit.Framework.Interfaces.RunState.Ignored;
            test.Properties.Set(
                NUnit.Framework.Internal.PropertyNames.SkipReason,
                "The real MNIST is not at hand: MNIST_DATA_DIR is not set, and the user's cache does not hold it.");
        }
    }
}
