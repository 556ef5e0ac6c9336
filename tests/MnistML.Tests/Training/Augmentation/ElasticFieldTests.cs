using MnistML.Common;
using MnistML.Training.Augmentation;

namespace MnistML.Tests.Training.Augmentation;

/// <summary>Elastic fields against a direct double loop, and by their statistics.</summary>
internal sealed class ElasticFieldTests
{
    [TestCase(5, 7, 1.3)]
    [TestCase(20, 33, 2.0)]
    [TestCase(3, 16, 4.0, Description = "a Gaussian that is wider than the image")]
    public void Smooth_OfNoise_EqualsADoubleLoop(int height, int width, double smoothness)
    {
        const double Displacement = 0.7;
        var line = ElasticField.LineLengthOf(width);
        var field = new ElasticField(height, width, Displacement, smoothness);
        var (noise, other) = (new float[2 * height * line], new float[height * line]);
        var smoothed = new float[height * line];

        field.DrawNoise(3, noise.AsSpan(height * line));
        field.Smooth(noise, other, smoothed);

        // The factor that gives numbers of variance 1/3 the wanted deviation, by all weights of the plane.
        var radius = (int)Math.Ceiling(3 * smoothness);
        int[] offsets = [.. Enumerable.Range(-radius, (2 * radius) + 1)];
        var squares = (from down in offsets from right in offsets select Weight(down, right) * Weight(down, right)).Sum();
        var factor = Displacement / Math.Sqrt(squares / 3);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var sum = (from down in offsets
                           from right in offsets
                           where y + down >= 0 && y + down < height && x + right >= 0 && x + right < width
                           select Weight(down, right) * noise[((height + y + down) * line) + x + right]).Sum();
                Assert.That(other[(y * line) + x], Is.EqualTo(0));
                Assert.That(smoothed[(y * line) + x], Is.EqualTo(factor * sum).Within(1e-5), $"row {y}, column {x}");
            }
        }

        double Weight(int down, int right) => Math.Exp(-((down * down) + (right * right)) / (2 * smoothness * smoothness));
    }

    [Test]
    public void DrawNoise_OfManyPixels_IsUniformAndZeroBeyondThem()
    {
        const int Size = 200;
        var line = ElasticField.LineLengthOf(Size);
        var noise = new float[Size * line];

        new ElasticField(Size, Size, 1, 1).DrawNoise(7, noise);

        float[] inside = [.. noise.Where((_, place) => place % line < Size)];
        Assert.That(noise.Where((_, place) => place % line >= Size), Is.All.EqualTo(0));
        Assert.That(inside.Average(), Is.EqualTo(0).Within(0.012)); // four standard errors
        Assert.That(inside.Average(value => value * value), Is.EqualTo(1 / 3.0).Within(0.006));
        Assert.That(
            (inside.Min(), inside.Max()),
            Is.EqualTo((-1f, 1f))
                .Using<(float Min, float Max)>((a, b) => Math.Abs(a.Min - b.Min) < 1e-3 && Math.Abs(a.Max - b.Max) < 1e-3));
    }

    [Test]
    public void Draw_OfManyFields_MovesAsFarAsItSays()
    {
        const int Size = 15;
        const int Fields = 2_000;
        var line = ElasticField.LineLengthOf(Size);
        var field = new ElasticField(Size, Size, displacement: 0.6, smoothness: 1.5);
        var (middleX, middleY, product, corner) = (0.0, 0.0, 0.0, 0.0);
        for (var i = 0; i < Fields; i++)
        {
            field.Draw(Seeds.ForAugmentation(1, i));
            var (x, y) = (field.X[(7 * line) + 7], field.Y[(7 * line) + 7]);
            middleX += x * x / Fields;
            middleY += y * y / Fields;
            product += x * y / Fields;
            corner += field.X[0] * field.X[0] / Fields;
        }

        Assert.That(Math.Sqrt(middleX), Is.EqualTo(0.6).Within(0.04));
        Assert.That(Math.Sqrt(middleY), Is.EqualTo(0.6).Within(0.04));
        Assert.That(product, Is.EqualTo(0).Within(0.04), "both coordinates are independent");
        Assert.That(Math.Sqrt(corner), Is.InRange(0.25, 0.45), "a corner has a little over a quarter of the variance");
    }
}
