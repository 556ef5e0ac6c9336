namespace MnistML.Datasets.Synthetic;

/// <summary>
/// A smooth random field over the glyph's box: how far the hand misses each point, and how hard it presses there.
/// Strokes that meet stay joined, because the field depends on the place alone.
/// </summary>
internal sealed class DigitWarp
{
    // Four knots a side: one for each third of the box, enough to bend a bow and too few to tear one.
    private const int KnotsPerSide = 4;

    // In units of the box: at 20 pixels a digit, a knot moves by less than two pixels, and seldom by more than one.
    private const double MaximumMiss = 0.09;

    // The pen's width varies by at most a quarter within one digit.
    private const double MaximumPressure = 0.25;

    private readonly (DigitPoint Miss, double Pressure)[] _knots = new (DigitPoint, double)[KnotsPerSide * KnotsPerSide];

    /// <summary>Draws a field.</summary>
    /// <param name="spread">How strong it is, against the usual.</param>
    /// <param name="random">Moved on by a fixed number of draws.</param>
    public DigitWarp(double spread, ref DigitRandom random)
    {
        for (var i = 0; i < _knots.Length; i++)
        {
            var miss = new DigitPoint(random.Around(MaximumMiss * spread), random.Around(MaximumMiss * spread));
            _knots[i] = (miss, random.Around(MaximumPressure * spread));
        }
    }

    /// <summary>The point where the pen really goes, and the factor by which its radius changes there.</summary>
    public (DigitPoint Point, double Pressure) Bend(DigitPoint point)
    {
        var (column, right) = Locate(point.X);
        var (row, below) = Locate(point.Y);
        var upper = (row * KnotsPerSide) + column;
        var lower = upper + KnotsPerSide;
        var top = Blend(_knots[upper], _knots[upper + 1], right);
        var bottom = Blend(_knots[lower], _knots[lower + 1], right);
        var (miss, pressure) = Blend(top, bottom, below);
        return (point + miss, 1 + pressure);
    }

    // The knot before the coordinate and the weight of the next one, eased so that the field has no creases.
    private static (int Knot, double Weight) Locate(double coordinate)
    {
        const int Cells = KnotsPerSide - 1;
        var position = Math.Clamp(coordinate, 0, 1) * Cells;
        var knot = Math.Min((int)position, Cells - 1);
        var t = position - knot;
        return (knot, t * t * (3 - (2 * t)));
    }

    private static (DigitPoint Miss, double Pressure) Blend(
        (DigitPoint Miss, double Pressure) first, (DigitPoint Miss, double Pressure) second, double weight) =>
        (first.Miss + ((second.Miss - first.Miss) * weight), first.Pressure + ((second.Pressure - first.Pressure) * weight));
}
