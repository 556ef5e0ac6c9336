using MnistML.Images.Ink;

namespace MnistML.Tests.Images.Ink;

/// <summary>The filters of pictures against plain loops.</summary>
internal sealed class WindowFilterTests
{
    [Test]
    public void Close_OfAnySize_IsThatOfPlainLoops(
        [Values(1, 2, 7, 31)] int width, [Values(1, 3, 8, 29)] int height, [Values(1, 2, 5, 40)] int radius)
    {
        var random = new Random((width * 10_000) + (height * 100) + radius);
        var image = new GreyImage(width, height);
        for (var i = 0; i < image.Values.Length; i++)
        {
            image.Values[i] = random.NextSingle();
        }

        var closed = WindowFilter.Close(image, radius);

        Assert.That((closed.Width, closed.Height), Is.EqualTo((width, height)));
        Assert.That(
            closed.Values.ToArray(),
            Is.EqualTo(Filter(Filter(image.Values.ToArray(), width, height, radius, Math.Max), width, height, radius, Math.Min)));
    }

    [Test]
    public void Close_FillsWhatIsThinnerThanTheWindow_AndKeepsALargeRegion()
    {
        const int Side = 40;
        var image = new GreyImage(Side, Side);
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (isShadow, isStroke) = (x >= 25, x is >= 8 and < 11);
                image.Values[(y * Side) + x] = isStroke ? 0.1f : isShadow ? 0.5f : 0.9f;
            }
        }

        var row = WindowFilter.Close(image, radius: 3).RowAt(20).ToArray();

        Assert.That(row[..25], Is.All.EqualTo(0.9f));
        Assert.That(row[25..], Is.All.EqualTo(0.5f));
    }

    private static float[] Filter(float[] values, int width, int height, int radius, Func<float, float, float> choose)
    {
        var result = new float[values.Length];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var chosen = values[(y * width) + x];
                for (var row = Math.Max(y - radius, 0); row <= Math.Min(y + radius, height - 1); row++)
                {
                    for (var column = Math.Max(x - radius, 0); column <= Math.Min(x + radius, width - 1); column++)
                    {
                        chosen = choose(chosen, values[(row * width) + column]);
                    }
                }

                result[(y * width) + x] = chosen;
            }
        }

        return result;
    }
}
