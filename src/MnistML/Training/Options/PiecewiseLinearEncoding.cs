using MnistML.Common;

namespace MnistML.Training.Options;

/// <summary>See <see cref="MlpFeatureEncoding.PiecewiseLinear"/>.</summary>
internal sealed record PiecewiseLinearEncoding : MlpFeatureEncoding
{
    public const int DefaultBins = 16;

    [AtLeast(1), AtMost(255)]
    public required int Bins { get; init; }
}
