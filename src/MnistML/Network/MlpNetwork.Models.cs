using MnistML.Native;
using MnistML.Network.Losses;
using static TorchSharp.torch;

namespace MnistML.Network;

/// <content>From a network to a model of plain values, and back.</content>
internal sealed partial class MlpNetwork
{
    /// <summary>
    /// The trained network as plain values: batch normalisation, the factors and the encoding of features, and the scaling of labels are
    /// folded into the layers, and dropout is left out.
    /// </summary>
    public MlpModelParameters ToModelParameters()
    {
        using var scope = NewDisposeScope();
        var inputs = new FoldedInputs(
            Settings.Encoder, FactorsOfInputs is { } factors ? TensorValues.ToDoubles(factors.detach()) : null);
        MlpModelParameters[] members =
        [
            .. Enumerable.Range(0, Architecture.MemberCount).Select(member => new MlpModelParameters(
                Architecture.WithMembers(1),
                [
                    .. Layers.Select((layer, i) => LayerFolding.Fold(
                        layer,
                        member,
                        i == 0 ? inputs : null,
                        i < Normalizations.Count ? Normalizations[i] : null,
                        i + 1 == Layers.Count ? OutputScale : null)),
                ],
                Settings.Encoder?.Encoding)),
        ];
        return members.Length == 1 ? members[0] : new MlpModelParameters(members);
    }

    /// <summary>Initialises this network so that it computes what the model computes.</summary>
    /// <param name="model">A model of the same architecture.</param>
    /// <param name="features">
    /// Rows, <c>[rows, features]</c> on the processor, from which batch normalisation is initialised so that at first it changes nothing.
    /// </param>
    public void TakeOver(MlpModelParameters model, Tensor features)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var values = Encode(features);
        for (var i = 0; i < Layers.Count; i++)
        {
            for (var member = 0; member < model.Members.Count; member++)
            {
                var (weights, biases) = LayerFolding.Unfold(
                    model.Members[member].Layers[i],
                    i == 0 ? Settings.Encoder : null,
                    i + 1 == Layers.Count ? Settings.Loss.TargetScale : null);
                Layers[i].Set(member, weights, biases);
            }

            values = Layers[i].Forward(values);
            if (i < Normalizations.Count)
            {
                Normalizations[i].BecomeIdentityOn(values);
            }

            values = Activate(values);
        }
    }

    /// <summary>The scale that folds into the outputs: that of labels, or the temperature; null for none.</summary>
    private TargetScale? OutputScale =>
        Settings.Loss.TargetScale ?? (Temperature == 1 ? null : new TargetScale(Mean: 0, 1 / Temperature));
}
