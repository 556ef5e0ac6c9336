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

    /// <summary>The rule with all its settings, without those of β₁, β₂ and ε that have their default.</summary>
    public override string ToString()
    {
        (string Name, double Value, double Omitted)[] settings =
        [
            ("beta1", Beta1, DefaultBeta1), ("beta2", Beta2, DefaultBeta2), ("epsilon", Epsilon, DefaultEpsilon),
                ("weight decay", WeightDecay, 0),
        ];
        var texts = settings
            .Where(setting => setting.Value != setting.Omitted)
            .Select(setting => FormattableString.Invariant($", {setting.Name} {setting.Value}"));
        return FormattableString.Invariant($"{(IsDecoupled ? "AdamW" : "Adam")}(learning rate {LearningRate}{string.Concat(texts)})");
    }

    internal override IOptimizer Create(MlpNetwork network) => new AdamOptimizer(this, network.Parameters);
}
