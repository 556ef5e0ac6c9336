using MnistML.Images.Decoding;
using SkiaSharp;

namespace MnistML.Samples.Pictures.Features;

/// <summary>
/// Refuses files that are no whole pictures, before a training and before a prediction alike. ML.NET takes what is left of a file that was
/// cut, and leaves the rest of the picture grey or black.
/// </summary>
internal static class PictureCheck
{
    /// <summary>More are decoded to more than 200 MB, on each core at once.</summary>
    private const long MaxPixels = 50_000_000;

    /// <summary>Decodes the whole picture.</summary>
    /// <exception cref="InvalidDataException">It can't be read, is damaged or incomplete, or is too large.</exception>
    public static void ThrowIfUnreadable(byte[] content)
    {
        using var data = SKData.CreateCopy(content);
        using var codec = content.Length == 0 ? null : SKCodec.Create(data);
        if (codec is null || codec.Info.Width <= 0 || codec.Info.Height <= 0)
        {
            throw new InvalidDataException(PictureFormat.Refusal(content));
        }

        if ((long)codec.Info.Width * codec.Info.Height > MaxPixels)
        {
            throw new InvalidDataException(FormattableString.Invariant(
                $"it has {codec.Info.Width:N0} × {codec.Info.Height:N0} pixels, but at most {MaxPixels:N0} are allowed; make it smaller"));
        }

        using var bitmap = new SKBitmap(codec.Info);
        switch (codec.GetPixels(bitmap.Info, bitmap.GetPixels()))
        {
            case SKCodecResult.Success:
                break;
            case SKCodecResult.IncompleteInput:
                throw new InvalidDataException("it is incomplete, since its file ends before its last row; copy or download it again");
            default:
                throw new InvalidDataException(PictureFormat.Refusal(content));
        }
    }
}
