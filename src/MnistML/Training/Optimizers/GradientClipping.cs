using static TorchSharp.torch;

namespace MnistML.Training.Optimizers;

/// <summary>Shortens gradients that are too long; <see cref="MlpTrainingOptions.GradientClipNorm"/> gives the formula.</summary>
internal static class GradientClipping
{
    private const double Epsilon = 1e-6;

    /// <summary>What gradients of a length are multiplied by, if it is below 1.</summary>
    public static double FactorFor(double maximumNorm, double norm) => maximumNorm / (norm + Epsilon);

    /// <summary>Multiplies all gradients by one factor if they are together longer than a norm.</summary>
    public static void Clip(IReadOnlyList<Tensor> gradients, double maximumNorm)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var norm = stack(gradients.Select(gradient => gradient.norm())).norm().to(ScalarType.Float64).item<double>();
        var factor = FactorFor(maximumNorm, norm);
        if (factor >= 1)
        {
            return;
        }

        foreach (var gradient in gradients)
        {
            gradient.mul_(factor);
        }
    }
}
