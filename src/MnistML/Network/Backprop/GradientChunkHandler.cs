namespace MnistML.Network.Backprop;

/// <summary>Is given a piece of the gradient, which it may overwrite.</summary>
/// <param name="parameter">The place in <see cref="MlpNetwork.Parameters"/>.</param>
/// <param name="start">Where the piece begins in the parameter, row by row.</param>
/// <param name="gradient">The derivatives.</param>
internal delegate void GradientChunkHandler(int parameter, int start, Span<float> gradient);
