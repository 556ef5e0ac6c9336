namespace MnistML.Training;

/// <summary>What is done to one image as a whole: it is scaled, sheared, turned and shifted, in this order, about its centre.</summary>
/// <param name="ShiftX">Pixels to the right.</param>
/// <param name="ShiftY">Pixels down.</param>
/// <param name="Rotation">Radians from the right to what is below.</param>
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
        var random = new RandomSequence(seed);
        return new Distortion(
            ShiftX: random.Next(bounds.Shift) * bounds.Width,
            ShiftY: random.Next(bounds.Shift) * bounds.Height,
            Rotation: random.Next(bounds.RotationDegrees) * RadiansOfDegree,
            ScaleX: 1 + random.Next(bounds.Scale),
            ScaleY: 1 + random.Next(bounds.Scale),
            Shear: Math.Tan(random.Next(bounds.ShearDegrees) * RadiansOfDegree));
    }

    /// <summary>Where each pixel of the result is read from, for images of a size.</summary>
    public AffineMap ToSource(int height, int width)
    {
        var (sine, cosine) = Math.SinCos(Rotation);

        // Backwards: turned back, sheared back, scaled back.
        var (xx, xy) = ((cosine + (Shear * sine)) / ScaleX, (sine - (Shear * cosine)) / ScaleX);
        var (yx, yy) = (-sine / ScaleY, cosine / ScaleY);
        var (centreX, centreY) = ((width - 1) / 2.0, (height - 1) / 2.0);
        var (fromX, fromY) = (centreX + ShiftX, centreY + ShiftY);
        return new AffineMap(xx, xy, centreX - (xx * fromX) - (xy * fromY), yx, yy, centreY - (yx * fromX) - (yy * fromY));
    }

    /// <summary>SplitMix64 (Steele, Lea and Flood, 2014).</summary>
    private struct RandomSequence(ulong seed)
    {
        private ulong _state = seed;

        /// <summary>Evenly from minus to plus a bound.</summary>
        public double Next(double bound)
        {
            const int UnusedBits = 11;
            const double Unit = 1.0 / (1UL << (64 - UnusedBits));
            var bits = Seeds.Scramble(_state);
            _state += Seeds.Step;
            return bound * (((bits >> UnusedBits) * Unit * 2) - 1);
        }
    }
}

/// <summary>Zero-based places in the source, in pixels, of places in the result: <c>x' = XX·x + XY·y + X0</c> and <c>y' = YX·x + YY·y + Y0</c>.</summary>
internal readonly record struct AffineMap(double XX, double XY, double X0, double YX, double YY, double Y0);
