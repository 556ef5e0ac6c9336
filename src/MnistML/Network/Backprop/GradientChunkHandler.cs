namespace MnistML.Network.Backprop;

/// <summary>Receives a chunk of the gradient, which it may overwrite.</summary>
/// <param name="parameter">The index in <see cref="MlpNetwork.Parameters"/>.</param>
/// <param name="start">The offset of the chunk in the parameter, row-major.</param>
/// <param name="gradient">The gradient with respect to these values.</param>
internal delegate void GradientChunkHandler(int parameter, int start, Span<float> gradient);
