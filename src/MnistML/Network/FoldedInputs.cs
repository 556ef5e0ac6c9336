using MnistML.Network.Features;

namespace MnistML.Network;

/// <summary>What folds into the weights of the first layer's inputs.</summary>
/// <param name="Encoder">How features are encoded; null for not at all.</param>
/// <param name="Factors">The learned factor of each input; null for none.</param>
internal sealed record FoldedInputs(FeatureEncoder? Encoder, double[]? Factors);
