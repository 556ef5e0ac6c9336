using MnistML.Images.Ink;

namespace MnistML.Images.Layout;

/// <summary>The outermost pixels of a picture.</summary>
internal sealed class PictureRim
{
    /// <summary>Pixels that differ by less are as bright as each other.</summary>
    private const float MaxSpread = 0.06f;

    /// <summary>The rim is of one brightness if this share of it is.</summary>
    private const double MinShare = 0.9;

    private readonly float[] _rim;
    private readonly float _median;
    private readonly bool _isEven;

    public PictureRim(GreyImage image)
    {
        _rim =
        [
            .. image.RowAt(0), .. image.RowAt(image.Height - 1),
            .. Enumerable.Range(0, image.Height).SelectMany(y => (float[])[image[0, y], image[image.Width - 1, y]]),
        ];
        Array.Sort(_rim);
        _median = _rim[_rim.Length / 2];
        _isEven = _rim.Count(value => Math.Abs(value - _median) <= MaxSpread) >= MinShare * _rim.Length;
        IsPaper = _isEven && VectorMath.Greatest(image.Values) - _median <= MaxSpread;
    }

    /// <summary>Whether all of it is of one brightness, and nothing in the picture is lighter: paper, with dark ink on it.</summary>
    public bool IsPaper { get; }

    /// <summary>Whether all of it is as bright as some ink.</summary>
    public bool IsAsBrightAs(double ink) => _isEven && Math.Abs(ink - _median) <= MaxSpread;

    /// <summary>The share of it that is as light as some ink, or lighter.</summary>
    public double ShareAsLightAs(double ink) => (double)_rim.Count(value => value >= ink - MaxSpread) / _rim.Length;
}
