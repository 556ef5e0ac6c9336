namespace MnistML.Images;

/// <summary>A rectangle of a picture, in pixels of the picture as it is looked at: upright, and in its full size.</summary>
/// <param name="Left">The zero-based column of its first pixels.</param>
/// <param name="Top">The zero-based row of its first pixels.</param>
/// <param name="Width">Its number of columns.</param>
/// <param name="Height">Its number of rows.</param>
public readonly record struct PixelBox(int Left, int Top, int Width, int Height)
{
    /// <summary>Size and corner, as in <c>40 × 60 at (10, 20)</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"{Width} × {Height} at ({Left}, {Top})");
}
