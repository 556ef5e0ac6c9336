using MnistML.Images.Ink;

namespace MnistML.Images.Layout;

/// <summary>The outermost pixels of a picture.</summary>
internal sealed class PictureRim
{
    /// <summary>Pixels that differ by less are as bright as each other.</summary>
    private const float MaxSpread = 0.06f;

    /// <summary>The rim is of one brightness if this share of it is.</summary>
    private const double MinShare = 0.9;

    private readonly float _median;
    private readonly bool _isEven;

    public PictureRim(GreyImage image)
    {
        float[] rim =
        [
            .. image.RowAt(0), .. image.RowAt(image.Height - 1),
            .. Enumerable.Range(0, image.Height).SelectMany(y => (float[])[image[0, y], image[image.Width - 1, y]]),
        ];
        Array.Sort(rim);
        _median = rim[rim.Length / 2];
        _isEven = rim.Count(value => Math.Abs(value - _median) <= MaxSpread) >= MinShare * rim.Length;
        IsPaper = _isEven && VectorMath.Greatest(image.Values) - _median <= MaxSpread;
    }

    /// <summary>Whether all of it is of one brightness, and nothing in the picture is lighter: paper, with dark ink on it.</summary>
    public bool IsPaper { get; }

    /// <summary>Whether all of it is as bright as the full ink of digits.</summary>
    public bool IsAsBrightAs(GreyImage image, IReadOnlyList<DigitCandidate> digits)
    {
        var (sum, count) = (0.0, 0);
        foreach (var piece in digits.SelectMany(digit => digit.Pieces))
        {
            foreach (var pixel in piece.Pixels)
            {
                if (piece.Ink.Values[pixel] == 1)
                {
                    sum += image.Values[pixel];
                    count++;
                }
            }
        }

        return _isEven && count > 0 && Math.Abs((sum / count) - _median) <= MaxSpread;
    }
}
