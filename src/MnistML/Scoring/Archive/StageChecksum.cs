using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Onnx;

namespace MnistML.Scoring.Archive;

/// <summary>
/// A hash of the stock stages after a network, saved in the network's own model. ML.NET trusts sizes in its files and may allocate
/// gigabytes for them, so altered stages are refused first. This is a checksum, not a signature.
/// </summary>
internal static class StageChecksum
{
    private const string Property = "mnistml.stages";

    /// <summary>
    /// The hash of no bytes, which models have that earlier versions saved on Windows: they hashed nothing whose path has backslashes.
    /// </summary>
    private const string OfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>The network's own stage, which this library reads and checks without ML.NET.</summary>
    private const string NetworkStage = "Transform_000/";

    /// <summary>Adds the checksum to the properties of a network.</summary>
    /// <param name="mlp">The network.</param>
    /// <param name="stages">The stages after it.</param>
    public static OnnxMlp Put(OnnxMlp mlp, IReadOnlyList<ITransformer> stages)
    {
        using var stream = new MemoryStream();
        new MLContext().Model.Save(new TransformerChain<ITransformer>([PlaceholderStage.Create(), .. stages]), inputSchema: null, stream);
        stream.Position = 0;
        return mlp with
        {
            Properties = new Dictionary<string, string>(mlp.Properties)
            {
                [Property] = HashOf(ModelArchive.ReadOwn(stream), "TransformerChain/"),
            },
        };
    }

    /// <summary>Verifies the checksum of a network that was read, and removes it from its properties.</summary>
    /// <param name="mlp">The network.</param>
    /// <param name="archive">The archive that holds it.</param>
    /// <param name="folder">The folder of its chain, with a slash at its end.</param>
    /// <exception cref="InvalidDataException">The stages after it are not those that were saved with it.</exception>
    public static OnnxMlp Take(OnnxMlp mlp, ModelArchive archive, string folder)
    {
        var properties = new Dictionary<string, string>(mlp.Properties);
        var isThere = properties.Remove(Property, out var checksum);
        if (checksum == OfNothing)
        {
            throw new InvalidDataException(
                $"an earlier version of MnistML saved it on Windows, with a checksum of nothing, so that the stages in '{folder}' can't be "
                + "verified. If you trust the file, mlContext.Model.Load loads it, for scoring. LoadMlp loads it once this version has "
                + "trained and saved it anew.");
        }

        return isThere && checksum == HashOf(archive, folder)
            ? mlp with { Properties = properties }
            : throw new InvalidDataException($"the stages in '{folder}' are not those that were saved with its network.");
    }

    /// <summary>Hashes paths, lengths and contents, in an order that does not depend on the archive's.</summary>
    private static string HashOf(ModelArchive archive, string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var (path, content) in archive.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!path.StartsWith(folder, StringComparison.Ordinal)
                || path.AsSpan(folder.Length).StartsWith(NetworkStage, StringComparison.Ordinal))
            {
                continue;
            }

            foreach (var part in (byte[][])[Encoding.UTF8.GetBytes(path[folder.Length..]), content])
            {
                BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
                hash.AppendData(length);
                hash.AppendData(part);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
