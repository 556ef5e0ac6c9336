namespace MnistML.Images.Layout;

/// <summary>Where the image that digits were found in lies in the picture.</summary>
/// <param name="Scale">The image's pixels for each of the picture's.</param>
/// <param name="Left">The column of the enlarged picture that is the image's first.</param>
/// <param name="Top">The row of the enlarged picture that is the image's first.</param>
internal readonly record struct PictureScale(double Scale, int Left, int Top)
{
    /// <summary>A rectangle in the picture's own pixels.</summary>
    public PixelBox BoxOf(PixelBox box)
    {
        var (left, top) = ((int)((box.Left + Left) / Scale), (int)((box.Top + Top) / Scale));
        return new PixelBox(
            left,
            top,
            (int)Math.Ceiling((box.Left + Left + box.Width) / Scale) - left,
            (int)Math.Ceiling((box.Top + Top + box.Height) / Scale) - top);
    }
}
