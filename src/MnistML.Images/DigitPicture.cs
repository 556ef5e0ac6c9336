namespace MnistML.Images;

/// <summary>What was found in a picture.</summary>
public sealed class DigitPicture
{
    internal DigitPicture(int width, int height, IReadOnlyList<FoundDigit> digits)
    {
        (Width, Height, Digits) = (width, height, digits);
    }

    /// <summary>The picture's number of columns, upright as it was taken.</summary>
    public int Width { get; }

    /// <summary>The picture's number of rows.</summary>
    public int Height { get; }

    /// <summary>The digits, line by line from the top, and from left to right in each; none where there is no ink.</summary>
    public IReadOnlyList<FoundDigit> Digits { get; }
}
