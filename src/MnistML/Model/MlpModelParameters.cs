using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MnistML;

/// <summary>A trained network as plain values: its architecture, and the weights and biases of each layer.</summary>
public sealed partial class MlpModelParameters
{
    /// <summary>Combines an architecture and its layers.</summary>
    internal MlpModelParameters(MlpArchitecture architecture, IReadOnlyList<MlpLayerParameters> layers)
    {
        if (!architecture.Layers.SequenceEqual(layers.Select(layer => layer.Shape)))
        {
            throw new ArgumentException(
                $"The layers {string.Join(", ", layers.Select(layer => layer.Shape))} are not those of {architecture}.");
        }

        Architecture = architecture;
        Layers = layers;
    }

    /// <summary>The network's architecture.</summary>
    public MlpArchitecture Architecture { get; }

    /// <summary>The layers from the input on, the output layer last.</summary>
    public IReadOnlyList<MlpLayerParameters> Layers { get; }

    /// <summary>Whether all weights and biases are numbers other than NaN and infinity.</summary>
    internal bool IsFinite => Layers.All(layer => AreFinite(layer.Weights.Span) && AreFinite(layer.Biases.Span));

    /// <summary>SHA-256 over all weights and biases, layer by layer, in lower-case hexadecimal digits.</summary>
    internal string ComputeHash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var layer in Layers)
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
