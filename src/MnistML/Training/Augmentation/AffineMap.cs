namespace MnistML.Training.Augmentation;

/// <summary>
/// Maps coordinates in the result to coordinates in the source, zero-based and in pixels: <c>x' = XX·x + XY·y + X0</c> and <c>y' = YX·x +
/// YY·y + Y0</c>.
/// </summary>
internal readonly record struct AffineMap(double XX, double XY, double X0, double YX, double YY, double Y0);
