namespace MnistML.Datasets.Synthetic;

/// <summary>One person's hand for one digit: the slant, the proportions, the tremble, the size and the pen.</summary>
/// <remarks>Only + - * / are used: IEEE 754 fixes their results to the last bit, so every machine places the same segments.</remarks>
internal sealed class DigitHand
{
    // The tangent of half the angle: 0.12 is nearly 14 degrees either way. It gives sine and cosine without a library's own rounding.
    private const double MaximumHalfAngleTangent = 0.12;

    // Most people lean to the right: sideways units per unit of height, about a mean.
    private const double MeanSlant = 0.1;
    private const double MaximumSlantChange = 0.35;

    // Width against height, before the digit is fitted into its box.
    private const double NarrowestWidth = 0.75;
    private const double WidestWidth = 1.2;

    // Pixels. MNIST's digits fill a box of 20 and their lines are two to four wide.
    private const double SmallestSize = 17.5;
    private const double MaxSize = 20.5;
    private const double ThinnestRadius = 0.8;
    private const double ThickestRadius = 1.5;

    // Pixels: MNIST centres the mass to the nearest one.
    private const double MaximumShift = 1;

    // Pixels between the pen's way and the edge of the image: the reach of the thickest line, 2.6, and one that stays black.
    private const double Margin = 3.6;

    private readonly DigitWarp _warp;
    private readonly DigitPoint _xAxis;
    private readonly DigitPoint _yAxis;
    private readonly DigitPoint _shift;
    private readonly double _side;
    private readonly double _size;
    private readonly double _radius;

    /// <summary>Draws a hand.</summary>
    /// <param name="side">Height and width of the image, in pixels.</param>
    /// <param name="difficulty">How far hands stray.</param>
    /// <param name="random">Moved on by a fixed number of draws.</param>
    public DigitHand(int side, DigitDifficulty difficulty, ref DigitRandom random)
    {
        var tangent = random.Around(MaximumHalfAngleTangent * difficulty.Spread);
        var slant = MeanSlant + random.Around(MaximumSlantChange * difficulty.Spread);
        var width = random.Between(difficulty.Widen(NarrowestWidth, WidestWidth));
        var scale = 1 / (1 + (tangent * tangent));
        var cosine = (1 - (tangent * tangent)) * scale;
        var sine = 2 * tangent * scale;
        _xAxis = new DigitPoint(cosine, sine) * width;
        _yAxis = new DigitPoint((-slant * cosine) - sine, cosine - (slant * sine));
        _size = random.Between(difficulty.Widen(SmallestSize, MaxSize));
        _radius = random.Between(difficulty.Widen(ThinnestRadius, ThickestRadius));
        _shift = new DigitPoint(random.Around(MaximumShift * difficulty.Spread), random.Around(MaximumShift * difficulty.Spread));
        _side = side;
        _warp = new DigitWarp(difficulty.Spread, ref random);
    }

    /// <summary>Writes the strokes, fitted into the hand's size, the middle of the ink near the middle of the image.</summary>
    /// <returns>Segments in pixels.</returns>
    public DigitSegment[] Write(DigitStroke[] strokes)
    {
        var segments = new List<DigitSegment>();
        foreach (var stroke in strokes)
        {
            Trace(stroke.Flatten(), segments);
        }

        return Fit([.. segments]);
    }

    private void Trace(DigitPoint[] chain, List<DigitSegment> segments)
    {
        var (previous, previousPressure) = Bend(chain[0]);
        foreach (var point in chain.AsSpan(1))
        {
            var (next, pressure) = Bend(point);
            segments.Add(new DigitSegment(previous, next, _radius * (previousPressure + pressure) / 2));
            (previous, previousPressure) = (next, pressure);
        }
    }

    private (DigitPoint Point, double Pressure) Bend(DigitPoint point)
    {
        var (bent, pressure) = _warp.Bend(point);
        return ((_xAxis * bent.X) + (_yAxis * bent.Y), pressure);
    }

    private DigitSegment[] Fit(DigitSegment[] segments)
    {
        var low = segments[0].Start;
        var high = low;
        var mass = default(DigitPoint);
        var totalWeight = 0.0;
        foreach (var (start, end, radius) in segments)
        {
            low = DigitPoint.Min(low, DigitPoint.Min(start, end));
            high = DigitPoint.Max(high, DigitPoint.Max(start, end));
            var along = end - start;
            var weight = radius * Math.Sqrt((along.X * along.X) + (along.Y * along.Y));
            mass += (start + end) * (weight / 2);
            totalWeight += weight;
        }

        // The ink reaches a radius beyond the pen's way on either side.
        var scale = (_size - (2 * _radius)) / Math.Max(high.X - low.X, high.Y - low.Y);
        var middle = new DigitPoint(_side / 2, _side / 2);
        var nearest = new DigitPoint(Margin, Margin) - (low * scale);
        var farthest = new DigitPoint(_side - Margin, _side - Margin) - (high * scale);
        var origin = middle + _shift - (mass * (scale / totalWeight));
        origin = DigitPoint.Max(nearest, DigitPoint.Min(origin, farthest));
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = new DigitSegment(origin + (segments[i].Start * scale), origin + (segments[i].End * scale), segments[i].Radius);
        }

        return segments;
    }
}
