using MnistML.Common;

namespace MnistML.Training.Augmentation;

/// <summary>The affine distortion of one image: it is scaled, sheared, rotated and shifted, in this order, about its centre.</summary>
/// <param name="ShiftX">Pixels to the right.</param>
/// <param name="ShiftY">Pixels down.</param>
/// <param name="Rotation">The angle in radians, clockwise.</param>
/// <param name="ScaleX">The factor on the width.</param>
/// <param name="ScaleY">The factor on the height.</param>
/// <param name="Shear">Pixels to the right for each pixel down.</param>
internal readonly record struct Distortion(double ShiftX, double ShiftY, double Rotation, double ScaleX, double ScaleY, double Shear)
{
    private const double RadiansOfDegree = Math.PI / 180;

    /// <summary>Leaves an image as it is.</summary>
    public static Distortion None { get; } = new(0, 0, 0, 1, 1, 0);

    /// <summary>Draws one within the bounds.</summary>
    public static Distortion Draw(MlpAugmentation bounds, ulong seed)
    {
        var random = new SplitMix64(seed);
        return new Distortion(
            ShiftX: random.NextWithin(bounds.Shift) * bounds.Width,
            ShiftY: random.NextWithin(bounds.Shift) * bounds.Height,
            Rotation: random.NextWithin(bounds.RotationDegrees) * RadiansOfDegree,
            ScaleX: 1 + random.NextWithin(bounds.Scale),
            ScaleY: 1 + random.NextWithin(bounds.Scale),
            Shear: Math.Tan(random.NextWithin(bounds.ShearDegrees) * RadiansOfDegree));
    }

    /// <summary>Where each pixel of the result is read from, for images of a size.</summary>
    public AffineMap ToSource(int height, int width)
    {
        var (sine, cosine) = Math.SinCos(Rotation);

        // The inverse: rotated back, sheared back, scaled back.
        var (xx, xy) = ((cosine + (Shear * sine)) / ScaleX, (sine - (Shear * cosine)) / ScaleX);
        var (yx, yy) = (-sine / ScaleY, cosine / ScaleY);
        var (centreX, centreY) = ((width - 1) / 2.0, (height - 1) / 2.0);
        var (fromX, fromY) = (centreX + ShiftX, centreY + ShiftY);
        return new AffineMap(xx, xy, centreX - (xx * fromX) - (xy * fromY), yx, yy, centreY - (yx * fromX) - (yy * fromY));
    }
}
