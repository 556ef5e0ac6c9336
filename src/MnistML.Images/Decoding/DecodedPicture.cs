using MnistML.Images.Ink;

namespace MnistML.Images.Decoding;

/// <summary>A picture as it is looked at, perhaps reduced.</summary>
/// <param name="Brightness">From 0, black, to 1, white.</param>
/// <param name="Width">The width of the picture itself, in pixels.</param>
/// <param name="Height">Its height.</param>
internal sealed record DecodedPicture(GreyImage Brightness, int Width, int Height);
