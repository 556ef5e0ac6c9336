namespace MnistML.Datasets.Synthetic;

/// <summary>A point of the plane: x to the right, y downwards; in units of the glyph's box, or in pixels once it is placed.</summary>
internal readonly record struct DigitPoint(double X, double Y)
{
    public static DigitPoint operator +(DigitPoint left, DigitPoint right) => new(left.X + right.X, left.Y + right.Y);

    public static DigitPoint operator -(DigitPoint left, DigitPoint right) => new(left.X - right.X, left.Y - right.Y);

    public static DigitPoint operator *(DigitPoint point, double factor) => new(point.X * factor, point.Y * factor);

    /// <summary>The smaller of each coordinate.</summary>
    public static DigitPoint Min(DigitPoint left, DigitPoint right) => new(Math.Min(left.X, right.X), Math.Min(left.Y, right.Y));

    /// <summary>The larger of each coordinate.</summary>
    public static DigitPoint Max(DigitPoint left, DigitPoint right) => new(Math.Max(left.X, right.X), Math.Max(left.Y, right.Y));
}
