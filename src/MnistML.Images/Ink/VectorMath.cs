using System.Numerics;

namespace MnistML.Images.Ink;

/// <summary>Loops over values, several at a time.</summary>
internal static class VectorMath
{
    /// <summary>Sums of single precision are carried over to double precision after so many values.</summary>
    private const int ExactCount = 4_096;

    /// <summary>Adds the product of each value and a factor to each sum.</summary>
    public static void AddScaled(ReadOnlySpan<float> values, float factor, Span<float> sums)
    {
        var (i, factors) = (0, new Vector<float>(factor));
        for (; i <= sums.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            (new Vector<float>(sums[i..]) + (factors * new Vector<float>(values[i..]))).CopyTo(sums[i..]);
        }

        for (; i < sums.Length; i++)
        {
            sums[i] += factor * values[i];
        }
    }

    /// <summary>Raises each value to that of others, where these are greater.</summary>
    public static void TakeGreater(ReadOnlySpan<float> others, Span<float> values)
    {
        var i = 0;
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Max(new Vector<float>(values[i..]), new Vector<float>(others[i..])).CopyTo(values[i..]);
        }

        for (; i < values.Length; i++)
        {
            values[i] = Math.Max(values[i], others[i]);
        }
    }

    /// <summary>The sum of products.</summary>
    public static float Dot(ReadOnlySpan<float> values, ReadOnlySpan<float> others)
    {
        var (i, sums) = (0, Vector<float>.Zero);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            sums += new Vector<float>(values[i..]) * new Vector<float>(others[i..]);
        }

        var sum = Vector.Sum(sums);
        for (; i < values.Length; i++)
        {
            sum += values[i] * others[i];
        }

        return sum;
    }

    /// <summary>The greatest value; 0 if all are less.</summary>
    public static float Greatest(ReadOnlySpan<float> values)
    {
        var (i, all) = (0, Vector<float>.Zero);
        for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            all = Vector.Max(all, new Vector<float>(values[i..]));
        }

        var greatest = 0f;
        for (var lane = 0; lane < Vector<float>.Count; lane++)
        {
            greatest = Math.Max(greatest, all[lane]);
        }

        for (; i < values.Length; i++)
        {
            greatest = Math.Max(greatest, values[i]);
        }

        return greatest;
    }

    /// <summary>The sum and the number of the values above a bound.</summary>
    public static (double Sum, long Count) SumAbove(ReadOnlySpan<float> values, float bound)
    {
        var (sum, count) = (0.0, 0L);
        while (values.Length > 0)
        {
            var part = values[..Math.Min(ExactCount, values.Length)];
            values = values[part.Length..];
            var (i, sums, counts, bounds) = (0, Vector<float>.Zero, Vector<int>.Zero, new Vector<float>(bound));
            for (; i <= part.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                var several = new Vector<float>(part[i..]);
                var isAbove = Vector.GreaterThan(several, bounds);
                sums += Vector.ConditionalSelect(isAbove, several, Vector<float>.Zero);
                counts -= isAbove; // true is -1
            }

            sum += Vector.Sum(sums);
            count += Vector.Sum(counts);
            for (; i < part.Length; i++)
            {
                if (part[i] > bound)
                {
                    sum += part[i];
                    count++;
                }
            }
        }

        return (sum, count);
    }
}
