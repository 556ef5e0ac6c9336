using MnistML.Common;
using MnistML.Network;

namespace MnistML.Training.Optimizers;

/// <summary>The settings of Adam, with either kind of weight decay; see <see cref="MlpOptimizer.Adam"/> and <see cref="MlpOptimizer.AdamW"/>.</summary>
internal sealed record AdamOptions : MlpOptimizer
{
    [AtLeast(0), Below(1)]
    public required double Beta1 { get; init; }

    [AtLeast(0), Below(1)]
    public required double Beta2 { get; init; }

    [Above(0)]
    public required double Epsilon { get; init; }

    /// <summary>Whether the weights decay by themselves (AdamW), not through the gradient.</summary>
    public bool IsDecoupled { get; init; }

    public override string ToString() => FormattableString.Invariant($"{(IsDecoupled ? "AdamW" : "Adam")}(learning rate {LearningRate}")
        + (WeightDecay > 0 ? FormattableString.Invariant($", weight decay {WeightDecay})") : ")");

    internal override IOptimizer Create(MlpNetwork network) => new AdamOptimizer(this, network.Parameters);
}
