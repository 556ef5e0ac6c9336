namespace MnistML.Datasets.Synthetic;

/// <summary>One movement of the pen without lifting it: the points that it passes, joined by straight lines or by a smooth curve.</summary>
internal sealed class DigitStroke
{
    // Six pieces between two points: at 20 pixels a digit they are shorter than two pixels, so a curve shows no corners.
    private const int PiecesPerSpan = 6;

    private readonly DigitPoint[] _points;
    private readonly bool _smooth;

    private DigitStroke(ReadOnlySpan<int> hundredths, bool smooth)
    {
        const double Hundredth = 100;
        _points = new DigitPoint[hundredths.Length / 2];
        for (var i = 0; i < _points.Length; i++)
        {
            _points[i] = new DigitPoint(hundredths[2 * i] / Hundredth, hundredths[(2 * i) + 1] / Hundredth);
        }

        _smooth = smooth;
    }

    /// <summary>Straight lines through the points, given as x, y, x, y, … in hundredths of the box.</summary>
    public static DigitStroke Line(params ReadOnlySpan<int> hundredths) => new(hundredths, smooth: false);

    /// <summary>A Catmull-Rom spline through the points, given as x, y, x, y, … in hundredths of the box.</summary>
    public static DigitStroke Curve(params ReadOnlySpan<int> hundredths) => new(hundredths, smooth: true);

    /// <summary>The stroke as a chain of points close enough to each other to be bent and joined by straight lines.</summary>
    public DigitPoint[] Flatten()
    {
        var spans = _points.Length - 1;
        var chain = new DigitPoint[(spans * PiecesPerSpan) + 1];
        for (var i = 0; i < chain.Length - 1; i++)
        {
            chain[i] = At(i / PiecesPerSpan, i % PiecesPerSpan / (double)PiecesPerSpan);
        }

        chain[^1] = _points[^1];
        return chain;
    }

    private DigitPoint At(int span, double t)
    {
        var start = _points[span];
        var end = _points[span + 1];
        if (!_smooth)
        {
            return start + ((end - start) * t);
        }

        // A cubic in Hermite form; the slope at a point is half the way between its neighbours, at an end half the way to the next point.
        var startSlope = (end - _points[Math.Max(span - 1, 0)]) * 0.5;
        var endSlope = (_points[Math.Min(span + 2, _points.Length - 1)] - start) * 0.5;
        var rise = t * t * (3 - (2 * t));
        return start + ((end - start) * rise) + (startSlope * (t * (1 - t) * (1 - t))) - (endSlope * (t * t * (1 - t)));
    }
}
