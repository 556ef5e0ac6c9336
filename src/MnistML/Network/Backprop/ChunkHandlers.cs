namespace MnistML.Network.Backprop;

/// <summary>Receives a chunk of the gradient, which it may overwrite.</summary>
/// <param name="parameter">The index in <see cref="MlpNetwork.Parameters"/>.</param>
/// <param name="start">The offset of the chunk in the parameter, row-major.</param>
/// <param name="gradient">The gradient with respect to these values.</param>
internal delegate void GradientChunkHandler(int parameter, int start, Span<float> gradient);

/// <summary>Makes up for steps in which a chunk of a parameter had a gradient of zero and was left as it was.</summary>
/// <param name="parameter">The index in <see cref="MlpNetwork.Parameters"/>.</param>
/// <param name="start">The offset of the chunk in the parameter.</param>
/// <param name="count">The values of the chunk.</param>
/// <param name="steps">The number of steps, the last of which was the last step of all, at least 1.</param>
internal delegate void SkippedStepsHandler(int parameter, int start, int count, int steps);
