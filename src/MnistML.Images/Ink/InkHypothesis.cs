namespace MnistML.Images.Ink;

/// <summary>
/// A guess at what is ink: whether it is lighter than the paper, and how broad strokes may be. The wider the window of
/// <see cref="InkLayer"/>, the broader the strokes that it finds. Once it is wider than all strokes, more width finds nothing more, until
/// it takes shadows and desks for ink too. So each plateau is a guess.
/// </summary>
/// <param name="IsLight">Whether ink is lighter than paper.</param>
/// <param name="Radius">Half the window, as a part of the square root of the picture's area.</param>
/// <param name="IsTrusted">Whether it stands out from the paper's noise.</param>
internal readonly record struct InkHypothesis(bool IsLight, double Radius, bool IsTrusted)
{
    /// <summary>Ink that grows by less than this factor from one window to the next is on a plateau.</summary>
    private const double MaxGrowth = 1.12;

    /// <summary>The minimum contrast of ink, as a fraction of the light.</summary>
    private const double MinContrast = 0.06;

    /// <summary>The minimum contrast of ink, in standard deviations of the paper.</summary>
    private const double MinContrastInNoise = 5;

    private static readonly double[] Radii = [0.02, 0.03, 0.045, 0.07, 0.1, 0.15, 0.22, 0.32, 0.45];

    /// <summary>The guesses at a picture, one by one, and the ink of each.</summary>
    /// <param name="brightness">The picture, reduced and smoothed.</param>
    /// <param name="isLight">Whether ink is lighter than paper.</param>
    public static IEnumerable<(InkHypothesis Hypothesis, InkLayer Layer)> Of(GreyImage brightness, bool isLight)
    {
        var image = isLight ? brightness.Invert() : brightness;
        var last = 0.0;
        var isOnPlateau = false;
        foreach (var radius in Radii)
        {
            var layer = InkLayer.Of(image, WindowRadius(image, radius));
            var mass = layer.Full < MinContrast ? 0 : layer.Mass();
            var isPlateau = mass > 0 && mass < MaxGrowth * last;
            if (isPlateau && !isOnPlateau)
            {
                yield return (new InkHypothesis(isLight, radius, layer.Full >= MinContrastInNoise * layer.Noise), layer);
            }

            (last, isOnPlateau) = (mass, isPlateau);
        }
    }

    /// <summary>The ink of this guess.</summary>
    public InkLayer LayerOf(GreyImage brightness) =>
        InkLayer.Of(IsLight ? brightness.Invert() : brightness, WindowRadius(brightness, Radius));

    private static int WindowRadius(GreyImage image, double radius) =>
        Math.Max((int)Math.Round(radius * Math.Sqrt((double)image.Width * image.Height)), 1);
}
