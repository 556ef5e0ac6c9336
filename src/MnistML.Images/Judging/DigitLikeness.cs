using MnistML.Images.Ink;

namespace MnistML.Images.Judging;

/// <summary>
/// How unlike MNIST's training digits an image is. Each class is a normal distribution, with its mean and the main directions in which its
/// images differ from it; in all other directions they differ alike (Tipping and Bishop, "Probabilistic principal component analysis",
/// 1999).
/// </summary>
internal sealed class DigitLikeness
{
    /// <summary>Values of an image in half its height and width.</summary>
    public const int Size = Side * Side;

    private const int Side = FoundDigit.Side / 2;
    private const string Resource = "digit-likeness.bin";

    private static readonly Lazy<DigitLikeness> Loaded = new(Load);

    private readonly ClassDistribution[] _classes;

    private DigitLikeness(ClassDistribution[] classes) => _classes = classes;

    /// <summary>The model that the package brings.</summary>
    public static DigitLikeness Default => Loaded.Value;

    /// <summary>An image in half its height and width: each value is the mean of four pixels, from 0 to 1.</summary>
    public static float[] Reduce(ReadOnlySpan<byte> pixels)
    {
        var reduced = new float[Size];
        for (var i = 0; i < pixels.Length; i++)
        {
            reduced[(i / FoundDigit.Side / 2 * Side) + (i % FoundDigit.Side / 2)] += pixels[i] / (4f * byte.MaxValue);
        }

        return reduced;
    }

    /// <summary>The distance from the nearest class: about 1 for MNIST's own digits, more for what looks otherwise.</summary>
    public double DistanceOf(ReadOnlySpan<byte> pixels)
    {
        var (image, least) = (Reduce(pixels), double.MaxValue);
        foreach (var distribution in _classes)
        {
            least = Math.Min(least, distribution.DistanceOf(image));
        }

        return least;
    }

    private static DigitLikeness Load()
    {
        using var reader = new BinaryReader(typeof(DigitLikeness).Assembly.GetManifestResourceStream(Resource)!);
        var (classCount, componentCount) = (reader.ReadByte(), reader.ReadByte());
        return new DigitLikeness([.. Enumerable.Range(0, classCount).Select(_ => new ClassDistribution(reader, componentCount))]);
    }

    /// <summary>One class.</summary>
    private sealed class ClassDistribution
    {
        private readonly float[] _mean;
        private readonly float[] _variances;
        private readonly float _otherVariance;
        private readonly float[][] _components;

        public ClassDistribution(BinaryReader reader, int componentCount)
        {
            _mean = Read(reader, Size);
            _variances = Read(reader, componentCount);
            _otherVariance = (float)reader.ReadHalf();
            _components = [.. Enumerable.Range(0, componentCount).Select(_ => Read(reader, Size))];
        }

        /// <summary>The squared distance in standard deviations, for each dimension.</summary>
        public double DistanceOf(float[] image)
        {
            Span<float> centred = stackalloc float[Size];
            for (var i = 0; i < centred.Length; i++)
            {
                centred[i] = image[i] - _mean[i];
            }

            var (rest, distance) = ((double)VectorMath.Dot(centred, centred), 0.0);
            for (var k = 0; k < _components.Length; k++)
            {
                var along = VectorMath.Dot(centred, _components[k]);
                rest -= along * along;
                distance += along * along / _variances[k];
            }

            return (distance + (Math.Max(rest, 0) / _otherVariance)) / Size;
        }

        private static float[] Read(BinaryReader reader, int count) =>
            [.. Enumerable.Range(0, count).Select(_ => (float)reader.ReadHalf())];
    }
}
