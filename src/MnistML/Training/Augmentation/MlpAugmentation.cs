using MnistML.Common;

namespace MnistML;

/// <summary>
/// Distorts each training image anew in each epoch, so that a network meets no image twice: shifted, turned, scaled, sheared and
/// elastically bent, each by a random amount up to a bound. Validation rows and images that are scored are left as they are.
/// </summary>
/// <remarks>
/// <para>
/// The features of a row are one image, row by row of its pixels, and channel after channel, as ML.NET's <c>ExtractPixels</c> gives them by
/// default; see <see cref="IsInterleaved"/>. A pixel of the result is interpolated bilinearly between four pixels of the image. All
/// distortions are composed first, so that an image is interpolated once.
/// </para>
/// <para>
/// The default bounds suit handwriting, and pictures whose meaning does not depend on the last few degrees; those of directions (left or
/// right) should keep small angles. The distortion of a row is a function of the training's seed, the epoch and the row's position in it,
/// on any number of threads.
/// </para>
/// </remarks>
public sealed record MlpAugmentation
{
    /// <summary>All distortions with their default bounds.</summary>
    /// <param name="height">See <see cref="Height"/>.</param>
    /// <param name="width">See <see cref="Width"/>.</param>
    /// <param name="channels">See <see cref="Channels"/>.</param>
    public MlpAugmentation(int height, int width, int channels = 1)
    {
        Height = height;
        Width = width;
        Channels = channels;
    }

    /// <summary>Rows of pixels, at least 1. Height, width and channels multiply to the number of features.</summary>
    [AtLeast(1)]
    public int Height { get; init; }

    /// <summary>Pixels in a row, at least 1.</summary>
    [AtLeast(1)]
    public int Width { get; init; }

    /// <summary>
    /// Values of each pixel, at least 1: 1, the default, for grey, 3 for colour. All channels of an image are distorted alike.
    /// </summary>
    [AtLeast(1)]
    public int Channels { get; init; }

    /// <summary>
    /// Whether all channels of a pixel are adjacent, as <c>ExtractPixels</c> gives them with <c>interleavePixelColors</c>; false, the
    /// default, where the whole first channel comes before the whole second.
    /// </summary>
    public bool IsInterleaved { get; init; }

    /// <summary>The value of what lies outside the image, as the features have it; 0 by default, the background of MNIST.</summary>
    [Finite]
    public float Fill { get; init; }

    /// <summary>
    /// The maximum shift, from 0 to 1, as a fraction of the height vertically and of the width horizontally, each drawn uniformly from
    /// minus to plus it; 0.06 by default, 1.7 pixels of 28.
    /// </summary>
    [AtLeast(0), AtMost(1)]
    public double Shift { get; init; } = 0.06;

    /// <summary>
    /// The maximum rotation about the centre, in degrees from 0 to 180, drawn uniformly from minus to plus it; 10 by default.
    /// </summary>
    [AtLeast(0), AtMost(180)]
    public double RotationDegrees { get; init; } = 10;

    /// <summary>
    /// The maximum relative change of height and width, from 0 up to, not including, 1: for each a factor is drawn uniformly from <c>1 -
    /// Scale</c> to <c>1 + Scale</c>; 0.1 by default.
    /// </summary>
    [AtLeast(0), Below(1)]
    public double Scale { get; init; } = 0.1;

    /// <summary>
    /// The maximum angle by which vertical lines are slanted, in degrees from 0 up to, not including, 90, drawn uniformly from minus to
    /// plus it; 8 by default.
    /// </summary>
    [AtLeast(0), Below(90)]
    public double ShearDegrees { get; init; } = 8;

    /// <summary>
    /// How far pixels are moved elastically (Simard, Steinkraus and Platt, 2003), each coordinate by itself: the standard deviation as a
    /// share of the shorter side, from 0, off, to 1; 0.02 by default, 0.6 pixels of 28. Towards the edges it falls, to half in a middle and
    /// a quarter in a corner of them.
    /// </summary>
    /// <remarks>
    /// A field of random numbers from U(-1, 1) for each pixel and coordinate is smoothed by a Gaussian of standard deviation σ, and
    /// multiplied by α. In the paper's terms, with both in pixels, this displacement is <c>α / (σ·√(12π))</c>: 1.4 pixels for its
    /// α = 34 and σ = 4.
    /// </remarks>
    [AtLeast(0), AtMost(1)]
    public double ElasticDisplacement { get; init; } = 0.02;

    /// <summary>
    /// How smoothly they are moved: the Gaussian's standard deviation σ as a share of the shorter side, above 0 and at most 1; 0.14 by
    /// default, 4 pixels of 28. A larger value bends strokes, a smaller one makes them tremble.
    /// </summary>
    [Above(0), AtMost(1)]
    public double ElasticSmoothness { get; init; } = 0.14;

    /// <summary>Whether rows of so many features are such images.</summary>
    internal bool Fits(int featureCount) => (Int128)Height * Width * Channels == featureCount;
}
