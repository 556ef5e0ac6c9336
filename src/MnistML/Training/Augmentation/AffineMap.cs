namespace MnistML.Training.Augmentation;

/// <summary>Zero-based places in the source, in pixels, of places in the result: <c>x' = XX·x + XY·y + X0</c> and <c>y' = YX·x + YY·y + Y0</c>.</summary>
internal readonly record struct AffineMap(double XX, double XY, double X0, double YX, double YY, double Y0);
