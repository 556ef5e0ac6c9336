using MnistML.Images.Ink;
using SkiaSharp;

namespace MnistML.Images.Decoding;

/// <summary>Turns a picture upright. Skia decodes it as it is stored, and only says how the camera was held.</summary>
internal static class PictureOrientation
{
    public static GreyImage Apply(GreyImage image, SKEncodedOrigin origin) => origin switch
    {
        SKEncodedOrigin.TopRight => FlipRows(image),
        SKEncodedOrigin.BottomRight => FlipRows(FlipColumns(image)),
        SKEncodedOrigin.BottomLeft => FlipColumns(image),
        SKEncodedOrigin.LeftTop => image.Transpose(),
        SKEncodedOrigin.RightTop => FlipRows(image.Transpose()),
        SKEncodedOrigin.RightBottom => FlipRows(FlipColumns(image.Transpose())),
        SKEncodedOrigin.LeftBottom => FlipColumns(image.Transpose()),
        _ => image,
    };

    /// <summary>Left becomes right.</summary>
    private static GreyImage FlipRows(GreyImage image)
    {
        var flipped = image.Crop(0, 0, image.Width, image.Height);
        for (var y = 0; y < image.Height; y++)
        {
            flipped.RowAt(y).Reverse();
        }

        return flipped;
    }

    /// <summary>Top becomes bottom.</summary>
    private static GreyImage FlipColumns(GreyImage image) => FlipRows(image.Transpose()).Transpose();
}
