using Microsoft.ML;
using Microsoft.ML.Data;
using MnistML.Idx;
using MnistML.Images;
using MnistML.Tests.Support;
using SkiaSharp;

namespace MnistML.Tests.Images;

/// <summary>
/// Pictures of real handwriting as people take them: whether a network that was trained on MNIST reads what was written. The benchmark
/// <c>pictures</c> has the long form.
/// </summary>
[NeedsRealMnist]
internal sealed class ComposedPictureTests
{
    private const int PictureCount = 5;
    private const int FirstDigit = 3_000;

    private readonly MLContext _mlContext = new(seed: 1);
    private HandwrittenDigit[] _digits = [];
    private MlpTransformer _model = null!;

    [OneTimeSetUp]
    public void TrainNetwork()
    {
        const int Size = HandwrittenDigit.Side * HandwrittenDigit.Side;
        _digits = [.. IdxFile.Read(RealMnist.Files.TestImages).ToArray<byte>().Chunk(Size)
            .Zip(IdxFile.Read(RealMnist.Files.TestLabels).ToArray<byte>(), (pixels, label) => new HandwrittenDigit(pixels, label))
            .Skip(FirstDigit).Take(2 * PictureCount)];
        _model = new MlpTrainer(_mlContext, MlpRecipes.Fast with { Seed = 1 })
            .Fit(_mlContext.Data.LoadFromIdx(RealMnist.Files.TrainImages, RealMnist.Files.TrainLabels));
    }

    [OneTimeTearDown]
    public void DisposeNetwork() => _model?.Dispose();

    private static IEnumerable<PictureKind> SeparateKinds => Enum.GetValues<PictureKind>().Where(kind => kind != PictureKind.Touching);

    /// <summary>Measured: at most one of five is misread.</summary>
    [TestCaseSource(nameof(SeparateKinds))]
    public void Read_OfEachKind_FindsWhatWasWritten(PictureKind kind)
    {
        var right = 0;
        for (var i = 0; i < PictureCount; i++)
        {
            var picture = PictureComposer.Compose(kind, _digits[i..(i + PictureCount)], seed: (ulong)i);
            var answers = Answers(new DigitReader().Read(new MemoryStream(picture.File)).Digits);
            TestContext.Out.WriteLine($"picture {i}: wrote {string.Join(' ', picture.Labels)}, read {string.Join(' ', answers)}");
            right += answers.SequenceEqual(picture.Labels) ? 1 : 0;
        }

        Assert.That(right, Is.GreaterThanOrEqualTo(PictureCount - 1));
    }

    /// <summary>They are about as broad as high, as two that touch may be.</summary>
    [TestCase(5_078)]
    [TestCase(5_088)]
    [TestCase(5_265)]
    public void Read_OfABroadDigit_DoesNotCutItApart(int index)
    {
        const int Side = HandwrittenDigit.Side;
        const int Scale = 8;
        const int Margin = 38;
        var pixels = IdxFile.Read(RealMnist.Files.TestImages).ToArray<byte>()[(index * Side * Side)..((index + 1) * Side * Side)];
        using var digit = new SKBitmap(Side, Side);
        digit.Pixels = [.. pixels.Select(ink => (byte)(byte.MaxValue - ink)).Select(grey => new SKColor(grey, grey, grey))];
        using var enlarged = digit.Resize(new SKImageInfo(Scale * Side, Scale * Side), SKFilterQuality.High);
        using var picture = new SKBitmap(enlarged.Width + (2 * Margin), enlarged.Height + (2 * Margin));
        using var canvas = new SKCanvas(picture);
        canvas.Clear(SKColors.White);
        canvas.DrawBitmap(enlarged, Margin, Margin);
        canvas.Flush();
        using var file = picture.Encode(SKEncodedImageFormat.Png, quality: 100);

        Assert.That(new DigitReader().Read(file.AsStream()).Digits, Has.Count.EqualTo(1));
    }

    private int[] Answers(IReadOnlyList<FoundDigit> digits)
    {
        if (digits.Count == 0)
        {
            return [];
        }

        var rows = _mlContext.Data.LoadFromEnumerable(digits.Select(digit => new Row { Features = digit.ToFeatures() }));
        return [.. _model.Transform(rows).GetColumn<float[]>("Score").Select(score => Array.IndexOf(score, score.Max()))];
    }

    /// <summary>A digit as the network takes it.</summary>
    private sealed class Row
    {
        [VectorType(FoundDigit.Side * FoundDigit.Side)]
        public float[] Features { get; set; } = [];
    }
}
