using MnistML.Common;
using MnistML.Images.Judging;

namespace MnistML.Benchmarks.Pictures;

/// <summary>
/// Learns what MNIST's digits look like: for each class the mean and the main directions in which its training images differ from it
/// (principal components, by orthogonal iteration).
/// </summary>
internal static class LikenessTraining
{
    private const int ClassCount = 10;
    private const int ComponentCount = 20;
    private const int Rounds = 40;

    /// <summary>Writes the model's file.</summary>
    /// <param name="images">28 × 28 bytes each.</param>
    /// <param name="labels">The class of each.</param>
    public static byte[] Learn(IReadOnlyList<byte[]> images, IReadOnlyList<int> labels)
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write((byte)ClassCount);
        writer.Write((byte)ComponentCount);
        for (var label = 0; label < ClassCount; label++)
        {
            float[][] rows =
            [
                .. images.Index().Where(image => labels[image.Index] == label).Select(image => DigitLikeness.Reduce(image.Item)),
            ];
            var mean = new double[DigitLikeness.Size];
            foreach (var row in rows)
            {
                for (var i = 0; i < mean.Length; i++)
                {
                    mean[i] += (double)row[i] / rows.Length;
                }
            }

            var covariance = Covariance(rows, mean);
            var (components, variances) = Iterate(covariance, seed: (ulong)label);
            var rest = (Enumerable.Range(0, mean.Length).Sum(i => covariance[i, i]) - variances.Sum()) / (mean.Length - ComponentCount);
            foreach (var value in mean.Concat(variances).Append(rest).Concat(components.SelectMany(component => component)))
            {
                writer.Write((Half)value);
            }
        }

        writer.Flush();
        return file.ToArray();
    }

    private static double[,] Covariance(float[][] rows, double[] mean)
    {
        var covariance = new double[mean.Length, mean.Length];
        var centred = new double[mean.Length];
        foreach (var row in rows)
        {
            for (var i = 0; i < mean.Length; i++)
            {
                centred[i] = row[i] - mean[i];
            }

            for (var i = 0; i < mean.Length; i++)
            {
                for (var j = 0; j < mean.Length; j++)
                {
                    covariance[i, j] += centred[i] * centred[j] / rows.Length;
                }
            }
        }

        return covariance;
    }

    private static (double[][] Components, double[] Variances) Iterate(double[,] covariance, ulong seed)
    {
        var size = covariance.GetLength(0);
        var random = new SplitMix64(seed);
        var components = new double[ComponentCount][];
        for (var k = 0; k < ComponentCount; k++)
        {
            components[k] = new double[size];
            for (var i = 0; i < size; i++)
            {
                components[k][i] = random.NextWithin(1);
            }
        }

        var variances = new double[ComponentCount];
        for (var round = 0; round < Rounds; round++)
        {
            for (var k = 0; k < ComponentCount; k++)
            {
                var turned = new double[size];
                for (var i = 0; i < size; i++)
                {
                    for (var j = 0; j < size; j++)
                    {
                        turned[i] += covariance[i, j] * components[k][j];
                    }
                }

                components[k] = turned;
            }

            // Gram and Schmidt, the largest first.
            for (var k = 0; k < ComponentCount; k++)
            {
                for (var earlier = 0; earlier < k; earlier++)
                {
                    var along = components[k].Zip(components[earlier], (one, other) => one * other).Sum();
                    for (var i = 0; i < size; i++)
                    {
                        components[k][i] -= along * components[earlier][i];
                    }
                }

                variances[k] = Math.Sqrt(components[k].Sum(value => value * value));
                for (var i = 0; i < size; i++)
                {
                    components[k][i] /= variances[k];
                }
            }
        }

        return (components, variances);
    }
}
