using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MnistML;

/// <summary>
/// A trained network as plain values: its architecture, and the weights and biases of each layer. It may be an ensemble of members,
/// networks of the same sizes whose predictions are averaged.
/// </summary>
public sealed partial class MlpModelParameters
{
    private readonly IReadOnlyList<MlpLayerParameters> _layers;

    /// <summary>Combines an architecture of one member and its layers.</summary>
    /// <param name="architecture">The architecture.</param>
    /// <param name="layers">The layers, the output layer last.</param>
    /// <param name="encoding">How features are encoded before the first layer; null for not at all.</param>
    internal MlpModelParameters(MlpArchitecture architecture, IReadOnlyList<MlpLayerParameters> layers, MlpEncoding? encoding = null)
    {
        if (!architecture.Layers.SequenceEqual(layers.Select(layer => layer.Shape)))
        {
            throw new ArgumentException(
                $"The layers {string.Join(", ", layers.Select(layer => layer.Shape))} are not those of {architecture}.");
        }

        if ((encoding?.Columns.Count ?? architecture.InputSize) != architecture.EncodedSize
            || (encoding?.FeatureCount ?? architecture.InputSize) != architecture.InputSize)
        {
            throw new ArgumentException(
                encoding is null
                    ? $"There is no encoding, but {architecture} has {architecture.EncodedSize} encoded columns."
                    : $"The encoding makes {encoding.Columns.Count} columns from {encoding.FeatureCount} features, which are not those of "
                        + $"{architecture}.");
        }

        Architecture = architecture;
        Encoding = encoding;
        Members = [this];
        _layers = layers;
    }

    /// <summary>Combines layers whose sizes follow on each other: the architecture of one member is theirs.</summary>
    /// <param name="layers">The layers, the output layer last.</param>
    /// <param name="encoding">How features are encoded before the first layer; null for not at all.</param>
    /// <param name="activation">The function after each hidden layer.</param>
    /// <param name="task">A task that the number of outputs fits.</param>
    internal static MlpModelParameters FromLayers(
        IReadOnlyList<MlpLayerParameters> layers, MlpEncoding? encoding, MlpActivation activation, MlpTask task) => new(
        new MlpArchitecture(
            encoding?.FeatureCount ?? layers[0].Shape.InputSize,
            layers.SkipLast(1).Select(layer => layer.Shape.OutputSize),
            layers[^1].Shape.OutputSize,
            activation,
            task,
            memberCount: 1,
            encoding?.Columns.Count),
        layers,
        encoding);

    /// <summary>Combines members into an ensemble.</summary>
    /// <param name="members">Single networks of one architecture and one encoding, at least 1.</param>
    internal MlpModelParameters(IReadOnlyList<MlpModelParameters> members)
    {
        var first = members[0];
        if (members.Any(member => member.Architecture != first.Architecture || member.Encoding != first.Encoding)
            || first.Architecture.MemberCount != 1)
        {
            throw new ArgumentException("The members of an ensemble must be single networks of one architecture and encoding.");
        }

        Architecture = first.Architecture.WithMembers(members.Count);
        Encoding = first.Encoding;
        Members = [.. members];
        _layers = first.Layers;
    }

    /// <summary>The network's architecture.</summary>
    public MlpArchitecture Architecture { get; }

    /// <summary>How features are encoded before the first layer; null where the layer reads the features themselves.</summary>
    public MlpEncoding? Encoding { get; }

    /// <summary>
    /// The networks whose predictions are averaged, each on its own: probabilities in classification, numbers in regression. A single
    /// network is its own only member.
    /// </summary>
    public IReadOnlyList<MlpModelParameters> Members { get; }

    /// <summary>The layers from the input on, the output layer last.</summary>
    /// <exception cref="InvalidOperationException">There are several members; each has layers of its own.</exception>
    public IReadOnlyList<MlpLayerParameters> Layers => Members.Count == 1
        ? _layers
        : throw new InvalidOperationException(
            $"The model is an ensemble of {Members.Count} networks, which have layers of their own: read "
            + $"{nameof(Members)}[i].{nameof(Layers)}, or train with {nameof(Members)} = 1.");

    /// <summary>Whether all weights and biases are numbers other than NaN and infinity.</summary>
    internal bool IsFinite => AllLayers.All(layer => AreFinite(layer.Weights.Span) && AreFinite(layer.Biases.Span));

    private IEnumerable<MlpLayerParameters> AllLayers => Members.SelectMany(member => member._layers);

    /// <summary>
    /// SHA-256 over the encoding, and all weights and biases, member by member and layer by layer, in lower-case hexadecimal digits.
    /// </summary>
    internal string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var column in Encoding?.Columns ?? [])
        {
            hash.AppendData(MemoryMarshal.AsBytes([column]));
        }

        foreach (var layer in AllLayers)
        {
            hash.AppendData(MemoryMarshal.AsBytes(layer.Weights.Span));
            hash.AppendData(MemoryMarshal.AsBytes(layer.Biases.Span));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }
}
