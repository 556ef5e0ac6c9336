using MnistML.Common;
using MnistML.Training.Augmentation;

namespace MnistML.Tests.Training.Augmentation;

/// <summary>Distorted images against exact cases and plain loops. Images are 5 by 7, with 2 channels.</summary>
internal sealed class ImageDistorterTests
{
    private const int Height = 5;
    private const int Width = 7;
    private const int Channels = 2;

    private static readonly MlpAugmentation Rigid = new(Height, Width, Channels) { ElasticDisplacement = 0, Fill = -0.5f };

    private static readonly float[] Image = [.. Enumerable.Range(0, Height * Width * Channels).Select(place => (place * 37 % 101) / 101f)];

    [Test]
    public void Apply_OfNothing_LeavesEveryBit() => Assert.That(Applied(Rigid, Distortion.None), Is.EqualTo(Image));

    [TestCase(2, 0)]
    [TestCase(-3, 1)]
    [TestCase(0, -4)]
    [TestCase(9, 0)]
    public void Apply_OfWholePixels_MovesAndFills(int right, int down) => Assert.That(
        Applied(Rigid, Distortion.None with { ShiftX = right, ShiftY = down }),
        Is.EqualTo(Make((channel, y, x) => Pixel(channel, y - down, x - right))));

    [Test]
    public void Apply_OfHalfAPixel_AveragesNeighbours() => Assert.That(
        Applied(Rigid, Distortion.None with { ShiftX = 0.5 }),
        Is.EqualTo(Make((channel, y, x) => (Pixel(channel, y, x - 1) + Pixel(channel, y, x)) / 2)).Within(1e-6f));

    [Test]
    public void Apply_OfAQuarterTurn_TurnsAboutTheCentre() => Assert.That(
        Applied(Rigid, Distortion.None with { Rotation = Math.PI / 2 }), // what was right of the centre (2, 3) is below it
        Is.EqualTo(Make((channel, y, x) => Pixel(channel, 2 - (x - 3), 3 + (y - 2)))).Within(1e-5f));

    [Test]
    public void Apply_OfTwiceTheWidth_ReadsBetween() => Assert.That(
        Applied(Rigid, Distortion.None with { ScaleX = 2 }),
        Is.EqualTo(Make((channel, y, x) => Between(channel, y, 3 + ((x - 3) / 2.0)))).Within(1e-6f));

    [Test]
    public void Apply_OfAShear_MovesLowerLinesToTheRight() => Assert.That(
        Applied(Rigid, Distortion.None with { Shear = 1 }),
            Is.EqualTo(Make((channel, y, x) => Pixel(channel, y, x - (y - 2)))).Within(1e-6f));

    [Test]
    public void Apply_OfAllTogether_EqualsPlainLoops()
    {
        var distortion = new Distortion(ShiftX: 0.8, ShiftY: -0.6, Rotation: 0.4, ScaleX: 1.3, ScaleY: 0.8, Shear: 0.25);

        Assert.That(Applied(Rigid, distortion), Is.EqualTo(Make((channel, y, x) =>
        {
            // Undone one by one: shift, turn, shear, scale.
            var (right, down) = (x - 3 - 0.8, y - 2 + 0.6);
            (right, down) = ((Math.Cos(0.4) * right) + (Math.Sin(0.4) * down), (-Math.Sin(0.4) * right) + (Math.Cos(0.4) * down));
            right -= 0.25 * down;
            return Between(channel, 2 + (down / 0.8), 3 + (right / 1.3));
        })).Within(1e-5f));
    }

    [Test]
    public void Apply_OfInterleavedChannels_DoesTheSame()
    {
        var distortion = Distortion.None with { Rotation = 0.3, ShiftY = 1.2 };
        var interleaved = Interleave(Image);

        new ImageDistorter(Rigid with { IsInterleaved = true }).Apply(interleaved, distortion);

        Assert.That(interleaved, Is.EqualTo(Interleave(Applied(Rigid, distortion))));
    }

    [Test]
    public void Distort_ByAnElasticField_EqualsPlainLoops()
    {
        const ulong Seed = 5;
        var bounds = Rigid with
        {
            Shift = 0,
            RotationDegrees = 0,
            Scale = 0,
            ShearDegrees = 0,
            ElasticDisplacement = 0.3,
            ElasticSmoothness = 0.2,
        };
        var field = new ElasticField(Height, Width, 0.3 * Height, 0.2 * Height);
        field.Draw(SplitMix64.Hash(~Seed));
        var (moveX, moveY, line) = (field.X.ToArray(), field.Y.ToArray(), ElasticField.LineLengthOf(Width));
        float[] image = [.. Image];

        new ImageDistorter(bounds).Distort(image, Seed);

        Assert.That(
            image, Is.EqualTo(Make((channel, y, x) => Between(channel, y + moveY[(y * line) + x], x + moveX[(y * line) + x])))
                .Within(1e-5f));
        Assert.That(image, Is.Not.EqualTo(Image).Within(0.1f));
    }

    [Test]
    public void Distort_ByTheSameSeed_DoesTheSameWhateverCameBefore()
    {
        var bounds = new MlpAugmentation(Height, Width, Channels);
        var (one, other) = (new ImageDistorter(bounds), new ImageDistorter(bounds));
        other.Distort([.. Image], seed: 9);

        float[] first = [.. Image], second = [.. Image], third = [.. Image];
        one.Distort(first, seed: 4);
        other.Distort(second, seed: 4);
        other.Distort(third, seed: 5);

        Assert.That(second, Is.EqualTo(first));
        Assert.That(third, Is.Not.EqualTo(first));
    }

    private static float[] Applied(MlpAugmentation bounds, Distortion distortion)
    {
        float[] image = [.. Image];
        new ImageDistorter(bounds).Apply(image, distortion);
        return image;
    }

    private static float[] Make(Func<int, int, int, double> value) =>
    [
        .. from channel in Enumerable.Range(0, Channels)
           from y in Enumerable.Range(0, Height)
           from x in Enumerable.Range(0, Width)
           select (float)value(channel, y, x),
    ];

    private static double Pixel(int channel, int y, int x) =>
        y is >= 0 and < Height && x is >= 0 and < Width ? Image[(((channel * Height) + y) * Width) + x] : Rigid.Fill;

    private static double Between(int channel, double y, double x)
    {
        var (top, left) = ((int)Math.Floor(y), (int)Math.Floor(x));
        var (down, right) = (y - top, x - left);
        return ((1 - down) * (((1 - right) * Pixel(channel, top, left)) + (right * Pixel(channel, top, left + 1))))
            + (down * (((1 - right) * Pixel(channel, top + 1, left)) + (right * Pixel(channel, top + 1, left + 1))));
    }

    private static float[] Interleave(float[] planes) =>
        [.. from pixel in Enumerable.Range(
            0, Height * Width) from channel in Enumerable.Range(0, Channels) select planes[(channel * Height * Width) + pixel]];
}
