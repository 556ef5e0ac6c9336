namespace MnistML.Datasets.Synthetic;

/// <summary>What a difficulty from 0 to 1 means for the drawing.</summary>
internal readonly record struct DigitDifficulty
{
    // At 0 hands still differ a little, or there would be but a few dozen images.
    private const double LeastSpread = 0.2;
    private const double GreatestSpread = 1.6;

    // Grey values that dirt adds at most to a pixel, when all is at its hardest.
    private const double MaxDirt = 110;

    private const double Middle = SyntheticDigits.DefaultDifficulty;

    private DigitDifficulty(double spread, double dirt)
    {
        Spread = spread;
        Dirt = dirt;
    }

    /// <summary>
    /// How far hands stray from the mean, against how far they do by default: exactly 1 at the default difficulty, so that its bytes never
    /// change.
    /// </summary>
    public double Spread { get; }

    /// <summary>Grey values that a pixel gains at most by dirt; 0 up to the default difficulty.</summary>
    public double Dirt { get; }

    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public static DigitDifficulty Of(double difficulty)
    {
        if (!(difficulty is >= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(difficulty), difficulty, "The difficulty must be from 0 (neat) to 1 (hard to read).");
        }

        var beyond = (difficulty - Middle) / Middle;
        return beyond <= 0
            ? new DigitDifficulty(1 + (beyond * (1 - LeastSpread)), dirt: 0)
            : new DigitDifficulty(1 + (beyond * (GreatestSpread - 1)), beyond * MaxDirt);
    }

    /// <summary>A range about the same middle, as wide as hands stray at this difficulty.</summary>
    public (double Minimum, double Maximum) Widen(double minimum, double maximum)
    {
        var more = (maximum - minimum) * (Spread - 1) / 2;
        return (minimum - more, maximum + more);
    }
}
