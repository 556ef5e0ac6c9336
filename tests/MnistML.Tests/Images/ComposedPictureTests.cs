using MnistML.Idx;
using MnistML.Images;
using MnistML.Tests.Support;

namespace MnistML.Tests.Images;

/// <summary>
/// Pictures of real handwriting as people take them: whether the digits are found that are there. The benchmark <c>pictures</c> has the
/// long form, with a network's answers.
/// </summary>
[NeedsRealMnist]
internal sealed class ComposedPictureTests
{
    private const int PictureCount = 5;
    private const int FirstDigit = 3_000;

    private static readonly Lazy<HandwrittenDigit[]> Digits = new(() =>
    {
        const int Size = HandwrittenDigit.Side * HandwrittenDigit.Side;
        return [.. IdxFile.Read(RealMnist.Files.TestImages).ToArray<byte>().Chunk(Size)
            .Zip(IdxFile.Read(RealMnist.Files.TestLabels).ToArray<byte>(), (pixels, label) => new HandwrittenDigit(pixels, label))
            .Skip(FirstDigit).Take(2 * PictureCount)];
    });

    /// <summary>Found is a digit that looks like the one that was written: the images differ by less than their ink.</summary>
    [Test]
    public void Read_OfEachKind_FindsWhatWasWritten([Values] PictureKind kind)
    {
        var right = 0;
        for (var i = 0; i < PictureCount; i++)
        {
            var written = Digits.Value[i..(i + PictureCount)];
            var picture = PictureComposer.Compose(kind, written, seed: (ulong)i);
            var found = new DigitReader().Read(new MemoryStream(picture.File)).Digits;
            right += found.Count == picture.Labels.Count && found.Zip(written).All(pair => IsLike(pair.First, pair.Second)) ? 1 : 0;
        }

        Assert.That(right, Is.GreaterThanOrEqualTo(PictureCount - 1));
    }

    private static bool IsLike(FoundDigit found, HandwrittenDigit written)
    {
        var ink = written.Pixels.Sum(pixel => pixel / (double)byte.MaxValue);
        return found.ToFeatures().Zip(written.Pixels, (one, other) => Math.Abs(one - (other / (double)byte.MaxValue))).Sum() < ink;
    }
}
