using static TorchSharp.torch;

namespace MnistML.Training.Optimizers;

/// <summary>Scales down gradients whose norm is too large; <see cref="MlpTrainingOptions.GradientClipNorm"/> gives the formula.</summary>
internal static class GradientClipping
{
    private const double Epsilon = 1e-6;

    /// <summary>The factor for gradients of a norm; it is applied only if it is below 1.</summary>
    public static double FactorFor(double maximumNorm, double norm) => maximumNorm / (norm + Epsilon);

    /// <summary>Multiplies all gradients by one factor if their joint norm exceeds a maximum.</summary>
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
