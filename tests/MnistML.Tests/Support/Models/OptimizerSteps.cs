using MnistML.Native;
using MnistML.Network;
using MnistML.Training.Optimizers;
using TorchSharp;

namespace MnistML.Tests.Support;

/// <summary>Takes optimiser steps by either of the two implementations.</summary>
internal static class OptimizerSteps
{
    /// <summary>Makes a step by gradients that are a function of the weights.</summary>
    /// <param name="optimizer">The network's.</param>
    /// <param name="network">Whose weights learn.</param>
    /// <param name="gradientOf">The gradient of a parameter.</param>
    /// <param name="learningRate">This step's.</param>
    /// <param name="inPieces">Whether it goes piece by piece, in plain loops, or by libtorch.</param>
    public static void Step(
        IOptimizer optimizer, MlpNetwork network, Func<torch.Tensor, torch.Tensor> gradientOf, double learningRate, bool inPieces)
    {
        using var scope = torch.NewDisposeScope();
        torch.Tensor[] gradients = [.. network.Parameters.Select(parameter => gradientOf(parameter.detach()))];
        if (!inPieces)
        {
            optimizer.Step(gradients, learningRate);
            return;
        }

        optimizer.BeginStep(learningRate);
        for (var i = 0; i < gradients.Length; i++)
        {
            var gradient = TensorValues.ToSingles(gradients[i]);
            var middle = gradient.Length / 2;
            optimizer.UpdateChunk(i, middle, gradient.AsSpan(middle));
            optimizer.UpdateChunk(i, 0, gradient.AsSpan(0, middle));
        }
    }
}
