using System.Numerics;

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

    private readonly Lazy<double> _noise;

    private InkLayer(GreyImage values)
    {
        Values = values;
        Full = FullInk(values.Values);
        _noise = new Lazy<double>(() => NoiseOf(values));
    }

    public GreyImage Values { get; }

    /// <summary>How much full ink stands out.</summary>
    public double Full { get; }

    /// <summary>The standard deviation of the paper's noise.</summary>
    public double Noise => _noise.Value;

    /// <summary>Finds all dark strokes that are thinner than a window.</summary>
    /// <param name="brightness">From 0, black, to 1, white, smoothed.</param>
    /// <param name="radius">The window has 2 · radius + 1 pixels each way.</param>
    public static InkLayer Of(GreyImage brightness, int radius)
    {
        var paper = WindowFilter.Close(brightness, radius);
        TakeLack(brightness.Values, paper.Values);
        return new InkLayer(paper);
    }

    /// <summary>
    /// The sum of what stands out by more than half of full ink. What is connected to the picture's edge counts only where little else is
    /// there: in the corner between the edge and a shadow the window does not fit, so that a part of the shadow is taken for ink.
    /// </summary>
    public double Mass()
    {
        const double InnerShare = 0.1;
        var (width, height, values) = (Values.Width, Values.Height, Values.Values);
        var least = (float)(Full / 2);
        var all = VectorMath.SumAbove(values, least).Sum;
        var (isSeen, open) = (new bool[values.Length], new Stack<int>());
        for (var x = 0; x < width; x++)
        {
            Visit(x);
            Visit(((height - 1) * width) + x);
        }

        for (var y = 0; y < height; y++)
        {
            Visit(y * width);
            Visit((y * width) + width - 1);
        }

        var outer = 0.0;
        while (open.TryPop(out var pixel))
        {
            outer += values[pixel];
            var x = pixel % width;
            if (x > 0)
            {
                Visit(pixel - 1);
            }

            if (x < width - 1)
            {
                Visit(pixel + 1);
            }

            if (pixel >= width)
            {
                Visit(pixel - width);
            }

            if (pixel < values.Length - width)
            {
                Visit(pixel + width);
            }
        }

        return all - outer >= InnerShare * all ? all - outer : all;

        void Visit(int pixel)
        {
            if (!isSeen[pixel] && values[pixel] > least)
            {
                isSeen[pixel] = true;
                open.Push(pixel);
            }
        }
    }

    /// <summary>
    /// What each pixel lacks takes the place of the paper. It is a ratio, since a shadow takes the same part of the light from ink and from
    /// paper.
    /// </summary>
    private static void TakeLack(ReadOnlySpan<float> brightness, Span<float> paper)
    {
        var (i, dark) = (0, new Vector<float>(Dark));
        for (; i <= paper.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            var light = new Vector<float>(paper[i..]);
            ((light - new Vector<float>(brightness[i..])) / (light + dark)).CopyTo(paper[i..]);
        }

        for (; i < paper.Length; i++)
        {
            paper[i] = (paper[i] - brightness[i]) / (paper[i] + Dark);
        }
    }

    /// <summary>The mean of what stands out by more than half of that.</summary>
    private static double FullInk(ReadOnlySpan<float> values)
    {
        const int Rounds = 6;
        double full = VectorMath.Greatest(values);
        for (var round = 0; round < Rounds && full > 0; round++)
        {
            var (sum, count) = VectorMath.SumAbove(values, (float)(full / 2));
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
