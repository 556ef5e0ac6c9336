using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Onnx;

namespace MnistML.Scoring.Archive;

/// <summary>
/// A hash of the stock stages behind a network, kept in the network's own model when both are saved. ML.NET believes what it reads of itself and may then ask for
/// gigabytes; so it is not shown stages that are not what was saved. This is no signature: who knows how can make it anew.
/// </summary>
internal static class StageChecksum
{
    private const string Property = "mnistml.stages";

    /// <summary>The network's own stage, which is read and checked without ML.NET.</summary>
    private const string NetworkStage = "Transform_000/";

    /// <summary>The network with the seal among its properties.</summary>
    /// <param name="mlp">The network.</param>
    /// <param name="stages">The stages behind it.</param>
    public static OnnxMlp Put(OnnxMlp mlp, IReadOnlyList<ITransformer> stages)
    {
        using var stream = new MemoryStream();
        new MLContext().Model.Save(new TransformerChain<ITransformer>([PlaceholderStage.Create(), .. stages]), inputSchema: null, stream);
        stream.Position = 0;
        return mlp with { Properties = new Dictionary<string, string>(mlp.Properties) { [Property] = HashOf(ModelArchive.Read(stream), "TransformerChain/") } };
    }

    /// <summary>Takes the seal off a network that was read.</summary>
    /// <param name="mlp">The network.</param>
    /// <param name="archive">Where it lies.</param>
    /// <param name="folder">The folder of its chain, with a slash behind it.</param>
    /// <exception cref="InvalidDataException">The stages behind it are not those that were saved with it.</exception>
    public static OnnxMlp Take(OnnxMlp mlp, ModelArchive archive, string folder)
    {
        var properties = new Dictionary<string, string>(mlp.Properties);
        return properties.Remove(Property, out var seal) && seal == HashOf(archive, folder)
            ? mlp with { Properties = properties }
            : throw new InvalidDataException($"the stages in '{folder}' are not those that were saved with its network.");
    }

    /// <summary>Over paths, lengths and contents, in an order that does not depend on the archive's.</summary>
    private static string HashOf(ModelArchive archive, string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var (path, content) in archive.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!path.StartsWith(folder, StringComparison.Ordinal) || path.AsSpan(folder.Length).StartsWith(NetworkStage, StringComparison.Ordinal))
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
