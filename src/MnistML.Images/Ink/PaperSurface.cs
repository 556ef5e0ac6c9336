namespace MnistML.Images.Ink;

/// <summary>
/// The brightness of the paper behind the ink: a surface of second degree, since light falls off to a side or to the corners of a
/// photograph. It is fitted to the rim first, where there is seldom ink, and then to all that lies near it.
/// </summary>
internal sealed class PaperSurface
{
    /// <summary>1, x, y, x², xy, y².</summary>
    private const int TermCount = 6;

    /// <summary>Points along each side that are looked at: enough for six numbers, whatever the picture's size.</summary>
    private const int SampleCount = 64;

    /// <summary>The width of the rim, from -1 to 1 across the picture.</summary>
    private const double Rim = 0.12;

    private const int RoundsOnRim = 4;
    private const int Rounds = 8;

    /// <summary>Pixels farther from the surface than this many deviations are not paper.</summary>
    private const double MaxDeviations = 2.5;

    /// <summary>Less than half a level of 8 bits can't be told from rounding.</summary>
    private const double MinNoise = 0.5 / byte.MaxValue;

    /// <summary>For normally distributed noise the standard deviation is so many times the median of absolute deviations.</summary>
    private const double DeviationOverMedian = 1.4826;

    private readonly double[] _coefficients;

    private PaperSurface(double[] coefficients, IReadOnlyList<Sample> samples)
    {
        _coefficients = coefficients;
        double[] distances = [.. samples.Select(DistanceOf).Order()];
        Noise = Math.Max(DeviationOverMedian * distances[distances.Length / 2], MinNoise);
    }

    /// <summary>The standard deviation of the paper's brightness from the surface.</summary>
    public double Noise { get; }

    /// <summary>Fits a surface to a picture.</summary>
    public static PaperSurface Fit(GreyImage picture)
    {
        Sample[] samples = [.. SamplesOf(picture)];
        Sample[] rim = [.. samples.Where(sample => Math.Max(Math.Abs(sample.X), Math.Abs(sample.Y)) >= 1 - Rim)];
        var surface = new PaperSurface(LeastSquares(rim), rim);
        for (var round = 0; round < Rounds; round++)
        {
            var candidates = round < RoundsOnRim ? rim : samples;
            Sample[] near = [.. candidates.Where(sample => surface.DistanceOf(sample) <= MaxDeviations * surface.Noise)];
            if (near.Length < 2 * TermCount)
            {
                break;
            }

            surface = new PaperSurface(LeastSquares(near), near);
        }

        return surface;
    }

    /// <summary>How much brighter than the paper each pixel is.</summary>
    public GreyImage Subtract(GreyImage picture)
    {
        var difference = new GreyImage(picture.Width, picture.Height);
        for (var y = 0; y < picture.Height; y++)
        {
            for (var x = 0; x < picture.Width; x++)
            {
                difference[x, y] = picture[x, y] - (float)At(Place(x, picture.Width), Place(y, picture.Height));
            }
        }

        return difference;
    }

    private static IEnumerable<Sample> SamplesOf(GreyImage picture)
    {
        var (columns, rows) = (Math.Min(picture.Width, SampleCount), Math.Min(picture.Height, SampleCount));
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                // The first and the last pixel of each side are among them.
                var x = columns == 1 ? 0 : (int)((long)column * (picture.Width - 1) / (columns - 1));
                var y = rows == 1 ? 0 : (int)((long)row * (picture.Height - 1) / (rows - 1));
                yield return new Sample(Place(x, picture.Width), Place(y, picture.Height), picture[x, y]);
            }
        }
    }

    private static double Place(int pixel, int count) => (((2.0 * pixel) + 1) / count) - 1;

    private static double[] TermsOf(double x, double y) => [1, x, y, x * x, x * y, y * y];

    /// <summary>Solves the normal equations by elimination; a tiny ridge keeps them solvable where the samples are in a line.</summary>
    private static double[] LeastSquares(IReadOnlyList<Sample> samples)
    {
        const double Ridge = 1e-6;
        var matrix = new double[TermCount, TermCount + 1];
        foreach (var sample in samples)
        {
            var terms = TermsOf(sample.X, sample.Y);
            for (var row = 0; row < TermCount; row++)
            {
                for (var column = 0; column < TermCount; column++)
                {
                    matrix[row, column] += terms[row] * terms[column];
                }

                matrix[row, TermCount] += terms[row] * sample.Value;
            }
        }

        for (var pivot = 0; pivot < TermCount; pivot++)
        {
            matrix[pivot, pivot] += Ridge * samples.Count;
            for (var row = 0; row < TermCount; row++)
            {
                var factor = row == pivot ? 0 : matrix[row, pivot] / matrix[pivot, pivot];
                for (var column = pivot; column <= TermCount; column++)
                {
                    matrix[row, column] -= factor * matrix[pivot, column];
                }
            }
        }

        return [.. Enumerable.Range(0, TermCount).Select(row => matrix[row, TermCount] / matrix[row, row])];
    }

    private double At(double x, double y)
    {
        var c = _coefficients;
        return c[0] + (c[1] * x) + (c[2] * y) + (c[3] * x * x) + (c[4] * x * y) + (c[5] * y * y);
    }

    private double DistanceOf(Sample sample) => Math.Abs(sample.Value - At(sample.X, sample.Y));

    /// <summary>A pixel: its place from -1 to 1 across the picture, and its brightness.</summary>
    private readonly record struct Sample(double X, double Y, double Value);
}
