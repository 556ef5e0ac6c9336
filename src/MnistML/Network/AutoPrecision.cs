using TorchSharp;

namespace MnistML.Network;

/// <summary>What <see cref="MlpPrecision.Auto"/> comes to.</summary>
internal static class AutoPrecision
{
    /// <summary>
    /// Weights of the largest layer from which on bfloat16 pays: below, rounding to it and the start of each product take what the products gain.
    /// </summary>
    public const long MinWeights = 1 << 15;

    /// <summary><see cref="MlpPrecision.Single"/> or <see cref="MlpPrecision.BFloat16"/>.</summary>
    /// <param name="wanted">What the user chose; a choice other than Auto stands, on any processor.</param>
    /// <param name="architecture">The network.</param>
    /// <param name="device">Where it is trained; on CUDA Auto is Single.</param>
    /// <param name="hasBFloat16Products">Whether the processor has instructions for it.</param>
    public static MlpPrecision Choose(MlpPrecision wanted, MlpArchitecture architecture, DeviceType device, bool hasBFloat16Products)
    {
        if (wanted != MlpPrecision.Auto)
        {
            return wanted;
        }

        return hasBFloat16Products && device == DeviceType.CPU && architecture.Layers.Max(layer => layer.WeightCount) >= MinWeights
            ? MlpPrecision.BFloat16
            : MlpPrecision.Single;
    }
}
