using MnistML.Common;
using MnistML.Network;

namespace MnistML.Training.Optimizers;

/// <summary>
/// The settings of Adam, with either kind of weight decay; see <see cref="MlpOptimizer.Adam"/> and <see cref="MlpOptimizer.AdamW"/>.
/// </summary>
internal sealed record AdamOptions : MlpOptimizer
{
    public const double DefaultBeta1 = 0.9;
    public const double DefaultBeta2 = 0.999;
    public const double DefaultEpsilon = 1e-8;

    [AtLeast(0), Below(1)]
    public required double Beta1 { get; init; }

    [AtLeast(0), Below(1)]
    public required double Beta2 { get; init; }

    [Above(0)]
    public required double Epsilon { get; init; }

    /// <summary>Whether weight decay is decoupled from the gradient (AdamW).</summary>
    public bool IsDecoupled { get; init; }

    /// <summary>The rule with all its settings, the same under every culture.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{(IsDecoupled ? "AdamW" : "Adam")}(learning rate {LearningRate}, beta1 {Beta1}, beta2 {Beta2}, ")
        + FormattableString.Invariant($"epsilon {Epsilon}, weight decay {WeightDecay})");

    internal override IOptimizer Create(MlpNetwork network) => new AdamOptimizer(this, network.Parameters);
}
