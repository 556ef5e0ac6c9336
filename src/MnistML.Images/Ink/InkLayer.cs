namespace MnistML.Images.Ink;

/// <summary>How much of the light each pixel lacks, compared with the paper around it: 0 for paper, towards 1 for black on white.</summary>
internal sealed class InkLayer
{
    /// <summary>Keeps the ratio of two dark values from being all noise.</summary>
    private const float Dark = 0.1f;

    /// <summary>For normally distributed noise the standard deviation is so many times the median of absolute deviations.</summary>
    private const double DeviationOverMedian = 1.4826;

    /// <summary>Less than half a level of 8 bits can't be told from rounding.</summary>
    private const double MinNoise = 0.5 / byte.MaxValue;

    private InkLayer(GreyImage values, GreyImage paper)
    {
        (Values, Paper) = (values, paper);
        Full = FullInk(values);
        Noise = NoiseOf(values);
    }

    public GreyImage Values { get; }

    /// <summary>The paper's brightness at each pixel.</summary>
    public GreyImage Paper { get; }

    /// <summary>How much full ink stands out.</summary>
    public double Full { get; }

    /// <summary>The standard deviation of the paper's noise.</summary>
    public double Noise { get; }

    /// <summary>Finds all dark strokes that are thinner than a window.</summary>
    /// <param name="brightness">From 0, black, to 1, white, smoothed.</param>
    /// <param name="radius">The window has 2 · radius + 1 pixels each way.</param>
    public static InkLayer Of(GreyImage brightness, int radius)
    {
        var paper = WindowFilter.Close(brightness, radius);

        // A ratio, since a shadow takes the same part of the light from ink and from paper.
        return new InkLayer(brightness.Join(paper, (value, light) => (light - value) / (light + Dark)), paper);
    }

    /// <summary>
    /// The sum of what stands out by more than half of full ink. What is connected to the picture's edge counts only where little else is
    /// there: in the corner between the edge and a shadow the window does not fit, so that a part of the shadow is taken for ink.
    /// </summary>
    public double Mass()
    {
        const double InnerShare = 0.1;
        var least = Full / 2;
        var (isSeen, open) = (new bool[Values.Values.Length], new Stack<int>());
        var (outer, all) = (0.0, 0.0);
        for (var pixel = 0; pixel < isSeen.Length; pixel++)
        {
            all += Values.Values[pixel] > least ? Values.Values[pixel] : 0;
            var (x, y) = (pixel % Values.Width, pixel / Values.Width);
            if (x == 0 || y == 0 || x == Values.Width - 1 || y == Values.Height - 1)
            {
                Visit(x, y);
            }
        }

        while (open.TryPop(out var pixel))
        {
            outer += Values.Values[pixel];
            var (x, y) = (pixel % Values.Width, pixel / Values.Width);
            Visit(x - 1, y);
            Visit(x + 1, y);
            Visit(x, y - 1);
            Visit(x, y + 1);
        }

        return all - outer >= InnerShare * all ? all - outer : all;

        void Visit(int x, int y)
        {
            var pixel = (y * Values.Width) + x;
            if (x >= 0 && y >= 0 && x < Values.Width && y < Values.Height && !isSeen[pixel] && Values.Values[pixel] > least)
            {
                isSeen[pixel] = true;
                open.Push(pixel);
            }
        }
    }

    /// <summary>The mean of what stands out by more than half of that.</summary>
    private static double FullInk(GreyImage values)
    {
        const int Rounds = 6;
        var full = 0.0;
        foreach (var value in values.Values)
        {
            full = Math.Max(full, value);
        }

        for (var round = 0; round < Rounds && full > 0; round++)
        {
            var (sum, count) = (0.0, 0);
            foreach (var value in values.Values)
            {
                if (value > full / 2)
                {
                    sum += value;
                    count++;
                }
            }

            full = sum / count;
        }

        return full;
    }

    private static double NoiseOf(GreyImage values)
    {
        const int SampleCount = 4_096;
        var step = Math.Max(values.Values.Length / SampleCount, 1);
        var sorted = new float[values.Values.Length / step];
        for (var i = 0; i < sorted.Length; i++)
        {
            sorted[i] = values.Values[i * step];
        }

        Array.Sort(sorted);
        return Math.Max(DeviationOverMedian * sorted[sorted.Length / 2], MinNoise);
    }
}
