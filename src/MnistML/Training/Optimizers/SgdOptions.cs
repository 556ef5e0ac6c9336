using System.ComponentModel.DataAnnotations;
using MnistML.Common;
using MnistML.Network;

namespace MnistML.Training.Optimizers;

/// <summary>The settings of stochastic gradient descent; see <see cref="MlpOptimizer.Sgd"/>.</summary>
internal sealed record SgdOptions : MlpOptimizer, IValidatableObject
{
    [AtLeast(0), Below(1)]
    public double Momentum { get; init; }

    public bool Nesterov { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Nesterov && Momentum == 0)
        {
            yield return new ValidationResult($"{nameof(Nesterov)} is on, but {nameof(Momentum)} is 0; it must be above 0.");
        }
    }

    public override string ToString() => FormattableString.Invariant($"SGD(learning rate {LearningRate}")
        + (Momentum > 0 ? FormattableString.Invariant($", {(Nesterov ? "Nesterov momentum" : "momentum")} {Momentum}") : "")
        + (WeightDecay > 0 ? FormattableString.Invariant($", weight decay {WeightDecay})") : ")");

    internal override IOptimizer Create(MlpNetwork network) => new SgdOptimizer(this, network.Parameters);
}
